using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>The books of an address space: which addresses can be mapped, which are, and by whom.</summary>
/// <remarks>
/// Not thread-safe: the address space calls it under its lock. It never asks the kernel. Mappings lie in slots of one array, and
/// nothing is allocated while no more of them are live than ever before.
/// </remarks>
internal sealed class MappingTable(string path, string step)
{
    // Address zero is kept out of automatic choice, so that a device that was not programmed reads a fault and not data.
    private const ulong LowestChosen = 0x1_0000;
    private const int FirstSlots = 64;

    private readonly IovaAllocator _free = new();
    private readonly MappingIndex _byIova = new();
    private readonly MappingIndex _byAddress = new();
    private readonly SpareSlots _spare = new();
    private LiveMapping[] _slots = new LiveMapping[FirstSlots];
    private int[] _unused = new int[FirstSlots];
    private int _unusedCount;
    private int _spareCount;
    private int _used;
    private long _serial;
    private IovaRange[] _allowed = [];

    /// <summary>What can be mapped, sorted and disjoint; empty while nothing is known of it.</summary>
    public IReadOnlyList<IovaRange> Ranges { get; private set; } = [];

    /// <summary>How many mappings are live.</summary>
    public int Count => _used - _unusedCount - _spareCount;

    /// <summary>The slots in use or used before: those where <see cref="IsLive(int)"/> have a live mapping.</summary>
    public int SlotCount => _used;

    /// <summary>The mapping in a slot.</summary>
    public ref readonly LiveMapping this[int slot] => ref _slots[slot];

    /// <summary>Whether a slot has a live mapping.</summary>
    public bool IsLive(int slot) => _slots[slot].Serial != 0;

    /// <summary>Whether the mapping that was entered in a slot under this number is still live.</summary>
    public bool IsLive(int slot, long serial) => serial != 0 && _slots[slot].Serial == serial;

    /// <summary>Takes other ranges. Where a live mapping lies outside of them, nothing changes.</summary>
    /// <exception cref="VfioException">A live mapping lies outside.</exception>
    public void SetRanges(IReadOnlyList<IovaRange> ranges)
    {
        for (int slot = 0; slot < _used; slot++)
        {
            if (IsLive(slot))
            {
                RequireInside(_slots[slot].Key, _slots[slot].Size, ranges);
            }
        }

        GiveSpareBack();
        Ranges = ranges;
        _free.Reset([.. ranges]);
        for (int slot = 0; slot < _used; slot++)
        {
            if (IsLive(slot))
            {
                _free.TryReserve(_slots[slot].Key, _slots[slot].Size);
            }
        }
    }

    /// <summary>Whether every byte of a range is mapped, by however many mappings.</summary>
    public bool IsMapped(Iova first, ulong length)
    {
        if (length - 1 > ulong.MaxValue - first)
        {
            return false;
        }

        ulong last = first + (length - 1);
        ulong next = first;
        while (true)
        {
            int slot = FindByIova(next);
            if (slot < 0)
            {
                return false;
            }

            ulong reached = _slots[slot].Iova + (_slots[slot].Size - 1);
            if (reached >= last)
            {
                return true;
            }

            next = reached + 1;
        }
    }

    /// <summary>The slot of the mapping that has an address of the device's, or -1.</summary>
    public int FindByIova(ulong iova)
    {
        if (!_byIova.IsKept)
        {
            _byIova.Keep();
            for (int slot = 0; slot < _used; slot++)
            {
                if (IsLive(slot))
                {
                    _byIova.Add(_slots[slot].Iova, _slots[slot].Size, slot);
                }
            }
        }

        return _byIova.Find(iova);
    }

    /// <summary>The slot of a mapping that has an address of the process's, or -1. Where several have it, any of them.</summary>
    public int FindByAddress(nint address)
    {
        if (!_byAddress.IsKept)
        {
            _byAddress.Keep();
            for (int slot = 0; slot < _used; slot++)
            {
                if (IsLive(slot) && _slots[slot].Address != 0)
                {
                    _byAddress.Add((ulong)_slots[slot].Address, _slots[slot].Size, slot);
                }
            }
        }

        return _byAddress.Find((ulong)address);
    }

    /// <summary>Enters a mapping, at the address that the options name or at one that suits them.</summary>
    /// <returns>Its slot.</returns>
    /// <exception cref="VfioException">The address is taken or outside, or there is none left.</exception>
    public int Add(nint address, ulong length, ulong pageSize, DmaMapOptions options)
    {
        int slot = TakeSpare(length, pageSize, options);
        if (slot < 0)
        {
            ulong iova = Choose(length, pageSize, options);
            slot = TakeSlot();
            _slots[slot].Key = new Iova(iova);
            _slots[slot].Size = length;
            _slots[slot].IsChosen = options.Iova is not null;
        }

        ref LiveMapping mapping = ref _slots[slot];
        mapping.Iova = mapping.Key;
        mapping.Address = address;
        mapping.Serial = ++_serial;
        mapping.Access = options.Access;
        if (_byIova.IsKept)
        {
            _byIova.Add(mapping.Key, length, slot);
        }

        if (_byAddress.IsKept && address != 0)
        {
            _byAddress.Add((ulong)address, length, slot);
        }

        return slot;
    }

    /// <summary>Makes an object the owner of a mapping.</summary>
    public void SetOwner(int slot, DmaMapping owner) => _slots[slot].Owner = owner;

    /// <summary>Learns the address for the device, where that is not the key.</summary>
    public void Settle(int slot, Iova iova)
    {
        ref LiveMapping mapping = ref _slots[slot];
        if (iova != mapping.Iova)
        {
            _byIova.Remove(mapping.Iova, slot);
            mapping.Iova = iova;
            _byIova.Add(iova, mapping.Size, slot);
        }
    }

    /// <summary>Strikes a mapping out; its addresses are free again.</summary>
    public void Remove(int slot)
    {
        ref LiveMapping gone = ref _slots[slot];
        gone.Serial = 0;
        if (_byIova.IsKept)
        {
            _byIova.Remove(gone.Iova, slot);
        }

        if (_byAddress.IsKept && gone.Address != 0)
        {
            _byAddress.Remove((ulong)gone.Address, slot);
        }

        if (gone.Owner is { } owner)
        {
            gone.Owner = null;
            GiveBack(slot);
            owner.MarkUnmapped();
        }
        else if (gone.IsChosen)
        {
            GiveBack(slot);
        }
        else
        {
            PutAside(slot);
        }
    }

    /// <summary>Leaves only the first part of a mapping live.</summary>
    public void Shorten(int slot, ulong size)
    {
        ref LiveMapping mapping = ref _slots[slot];
        _free.Free(mapping.Key + (long)size, mapping.Size - size);
        _byIova.Remove(mapping.Iova, slot);
        _byIova.Add(mapping.Iova, size, slot);
        if (mapping.Address != 0)
        {
            _byAddress.Remove((ulong)mapping.Address, slot);
            _byAddress.Add((ulong)mapping.Address, size, slot);
        }

        mapping.Size = size;
    }

    /// <summary>Chooses addresses among these from now on; among all where there are none.</summary>
    public void Allow(IovaRange[] allowed)
    {
        GiveSpareBack();
        _allowed = allowed;
    }

    // Those who map and unmap by value do so again and again, with the same lengths.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeSpare(ulong length, ulong pageSize, DmaMapOptions options)
    {
        if (_spareCount == 0 || options.Iova is not null)
        {
            return -1;
        }

        int slot = _spare.Peek(length);
        if (slot < 0)
        {
            return -1;
        }

        ulong key = _slots[slot].Key;
        ulong alignment = options.AlignmentFor(length, pageSize);
        if (key < LowestChosen || (key & (alignment - 1)) != 0 || key + (length - 1) > options.HighestAddress)
        {
            return -1;
        }

        _spare.Pop(length);
        _spareCount--;
        return slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutAside(int slot)
    {
        ulong length = _slots[slot].Size;
        if (_allowed.Length != 0)
        {
            GiveBack(slot);
            return;
        }

        while (!_spare.HasPlaceFor(length))
        {
            _spareCount--;
            GiveBack(_spare.Evict(length));
        }

        _spare.Push(length, slot);
        _spareCount++;
    }

    private void GiveBack(int slot)
    {
        _unused[_unusedCount++] = slot;
        _free.Free(_slots[slot].Key, _slots[slot].Size);
    }

    // Returns whether there were any.
    private bool GiveSpareBack()
    {
        bool some = _spareCount > 0;
        while (_spareCount > 0)
        {
            _spareCount--;
            GiveBack(_spare.TakeAny());
        }

        return some;
    }

    private int TakeSlot()
    {
        // Before the books grow: what is put aside is not live, and would otherwise gather in as many lengths as there are.
        if (_unusedCount == 0 && _used == _slots.Length)
        {
            GiveSpareBack();
        }

        if (_unusedCount > 0)
        {
            return _unused[--_unusedCount];
        }

        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _used * 2);
            Array.Resize(ref _unused, _used * 2);
        }

        return _used++;
    }

    private ulong Choose(ulong length, ulong pageSize, DmaMapOptions options)
    {
        if (options.Iova is { } wanted)
        {
            RequireInside(wanted, length, Ranges);
            return _free.TryReserve(wanted, length) || (GiveSpareBack() && _free.TryReserve(wanted, length))
                ? wanted
                : throw DmaErrors.Overlap(step, path, wanted, length);
        }

        // The alignment that nobody asked for is a wish only.
        ulong highest = options.HighestAddress;
        ulong alignment = options.AlignmentFor(length, pageSize);
        return TryChoose(length, alignment, highest, out ulong chosen)
            || (GiveSpareBack() && TryChoose(length, alignment, highest, out chosen))
            || (options.Alignment == 0 && TryChoose(length, pageSize, highest, out chosen))
            ? chosen
            : throw DmaErrors.Exhausted(step, path, length, options, Ranges);
    }

    private bool TryChoose(ulong length, ulong alignment, ulong highest, out ulong chosen)
    {
        if (_allowed.Length == 0)
        {
            return _free.TryAllocate(length, alignment, LowestChosen, highest, out chosen);
        }

        foreach (IovaRange range in _allowed)
        {
            if (_free.TryAllocate(length, alignment, range.First, Math.Min(highest, range.Last), out chosen))
            {
                return true;
            }
        }

        chosen = 0;
        return false;
    }

    private void RequireInside(Iova iova, ulong length, IReadOnlyList<IovaRange> ranges)
    {
        foreach (IovaRange range in ranges)
        {
            if (range.Contains(iova, length))
            {
                return;
            }
        }

        throw DmaErrors.OutOfRange(step, path, iova, length, ranges);
    }
}
