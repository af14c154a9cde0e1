namespace Vfio.Core;

/// <summary>The books of an address space: which addresses can be mapped, which are, and by whom.</summary>
/// <remarks>Not thread-safe: the address space calls it under its lock. It never asks the kernel.</remarks>
internal sealed class MappingTable(string path, string step)
{
    // Address zero is kept out of automatic choice, so that a device that was not programmed reads a fault and not data.
    private const ulong LowestChosen = 0x1_0000;

    private readonly Dictionary<ulong, DmaMapping> _live = [];
    private readonly IovaAllocator _free = new();
    private IovaRange[] _allowed = [];

    /// <summary>What can be mapped, sorted and disjoint; empty while nothing is known of it.</summary>
    public IReadOnlyList<IovaRange> Ranges { get; private set; } = [];

    /// <summary>How many mappings are live.</summary>
    public int Count => _live.Count;

    /// <summary>The live mappings, in no order.</summary>
    public Dictionary<ulong, DmaMapping>.ValueCollection Mappings => _live.Values;

    /// <summary>Takes other ranges. Where a live mapping lies outside of them, nothing changes.</summary>
    /// <exception cref="VfioException">A live mapping lies outside.</exception>
    public void SetRanges(IReadOnlyList<IovaRange> ranges)
    {
        foreach (DmaMapping mapping in _live.Values)
        {
            RequireInside(mapping.Key, mapping.Size, ranges);
        }

        Ranges = ranges;
        _free.Reset([.. ranges]);
        foreach (DmaMapping mapping in _live.Values)
        {
            _free.TryReserve(mapping.Key, mapping.Size);
        }
    }

    /// <summary>Whether every byte of a range is mapped, by however many mappings.</summary>
    public bool IsMapped(Iova first, ulong length)
    {
        if (length - 1 > ulong.MaxValue - first)
        {
            return false;
        }

        // Mappings do not overlap: what they have of the range adds up to all of it, or there is a hole.
        ulong last = first + (length - 1);
        ulong mapped = 0;
        foreach (DmaMapping mapping in _live.Values)
        {
            ulong from = Math.Max(first, mapping.Key);
            ulong to = Math.Min(last, mapping.Key + (mapping.Size - 1));
            mapped += from <= to ? to - from + 1 : 0;
        }

        return mapped == length;
    }

    /// <summary>Enters a mapping, at the address that the options name or at the lowest that suits them.</summary>
    /// <exception cref="VfioException">The address is taken or outside, or there is none left.</exception>
    public DmaMapping Add(AddressSpace space, in DmaSource source, ulong length, ulong pageSize, DmaMapOptions options)
    {
        ulong iova = Choose(length, pageSize, options);
        var mapping = new DmaMapping(space, new Iova(iova), source, length, pageSize, options.Access);
        _live.Add(iova, mapping);
        return mapping;
    }

    /// <summary>Strikes a mapping out; its addresses are free again.</summary>
    public void Remove(DmaMapping mapping)
    {
        _live.Remove(mapping.Key);
        _free.Free(mapping.Key, mapping.Size);
        mapping.MarkUnmapped();
    }

    /// <summary>Chooses addresses among these from now on; among all where there are none.</summary>
    public void Allow(IovaRange[] allowed) => _allowed = allowed;

    private ulong Choose(ulong length, ulong pageSize, DmaMapOptions options)
    {
        if (options.Iova is { } wanted)
        {
            RequireInside(wanted, length, Ranges);
            return _free.TryReserve(wanted, length) ? wanted : throw DmaErrors.Overlap(step, path, wanted, length);
        }

        // The alignment that nobody asked for is a wish only.
        ulong highest = options.HighestAddress;
        return TryChoose(length, options.AlignmentFor(length, pageSize), highest, out ulong chosen)
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
