using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Soak;

/// <summary>The mappings of one thread: its commands, and the model that they are held against.</summary>
internal sealed unsafe class SoakMappings : IDisposable
{
    /// <summary>How many mappings a thread has at most.</summary>
    public const int Capacity = 40;

    private const long Page = IovaClaims.Page;
    private const int ArenaPages = 1024;
    private const int LongestPages = 512;
    private const int ShortPages = 8;
    private const long MostBytes = 12 << 20;
    private const int LowestChosenPage = 16;
    private const int ChosenPages = 1 << 15;

    // All that is asked for is made beforehand, so that what allocates is the library or nobody.
    private static readonly DmaMapOptions[] _options =
    [
        .. from access in (DmaAccess[])[DmaAccess.Read, DmaAccess.Write, DmaAccess.ReadWrite]
           from bits in (int[])[Edu.AddressBits, 32, 64]
           from alignment in (long[])[0, 2 * Page, 16 * Page, 64 * Page]
           select new DmaMapOptions { Access = access, AddressBits = bits, Alignment = alignment },
    ];

    private static readonly DmaBufferOptions[] _bufferOptions =
    [
        new() { AddressBits = Edu.AddressBits },
        new() { IsFile = true },
        new() { PageSize = DmaPageSize.Transparent, AddressBits = 32 },
    ];

    private readonly int _thread;
    private readonly AddressSpace _space;
    private readonly IovaClaims _claims;
    private readonly Random _random;
    private readonly SoakCounts _counts;
    private readonly MemoryHandle _arena = MemoryHandle.Allocate(LinuxKernel.Instance, ArenaPages * Page, DmaPageSize.Base);
    private readonly LiveMemory[] _live = new LiveMemory[Capacity];
    private readonly LiveMemory[] _ended = new LiveMemory[16];
    private long _bytes;
    private int _endedCount;

    public SoakMappings(int thread, AddressSpace space, IovaClaims claims, Random random, SoakCounts counts)
    {
        _thread = thread;
        _space = space;
        _claims = claims;
        _random = random;
        _counts = counts;
    }

    /// <summary>How many mappings are live.</summary>
    public int Count { get; private set; }

    private bool IsFull => Count == Capacity || _bytes >= MostBytes;

    public void Dispose() => _arena.Dispose();

    /// <summary>Asks for something that needs the lock.</summary>
    public void Contend() => _ = _space.MappingCount;

    public void MapStreaming()
    {
        if (IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        DmaMapOptions options = _options[_random.Next(_options.Length)];
        _claims.Enter(_thread);
        StreamingMapping mapping;
        try
        {
            mapping = _space.DangerousMapStreaming(address, length, options);
            _claims.Claim(_thread, mapping.Iova, length);
        }
        finally
        {
            _claims.Leave(_thread);
        }

        Add(LiveMemory.Of(mapping, options.Access), address, length, options);
        _counts.Add(SoakCommand.MapStreaming);
    }

    /// <summary>Maps at an address of its own choice, which somebody may have.</summary>
    public void MapChosen()
    {
        if (IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        var options = new DmaMapOptions { Iova = new Iova((ulong)((LowestChosenPage + _random.Next(ChosenPages)) * Page)) };
        long before = _claims.Now;
        _claims.Enter(_thread);
        StreamingMapping mapping = default;
        VfioException? refusal = null;
        try
        {
            mapping = _space.DangerousMapStreaming(address, length, options);
            _claims.Claim(_thread, mapping.Iova, length);
        }
        catch (VfioException error) when (error.Kind == VfioErrorKind.OverlappingMapping)
        {
            refusal = error;
        }
        finally
        {
            _claims.Leave(_thread);
        }

        if (refusal is null)
        {
            Require(mapping.Iova == options.Iova, "Another address was chosen than the one that was asked for.");
            Add(LiveMemory.Of(mapping, options.Access), address, length, options);
            _counts.Add(SoakCommand.MapChosen);
        }
        else
        {
            Require(refusal.Errno == 0, "An overlap got as far as the kernel.");
            Require(_claims.WasTaken(options.Iova.Value, length, before), "An address was refused that nobody has.");
            _counts.Add(SoakCommand.MapChosenRefused);
        }
    }

    public void MapObject()
    {
        if (IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        DmaMapOptions options = _options[_random.Next(_options.Length)];
        _claims.Enter(_thread);
        DmaMapping mapping;
        try
        {
            mapping = _space.DangerousMap(address, length, options);
            _claims.Claim(_thread, mapping.Iova, length);
        }
        finally
        {
            _claims.Leave(_thread);
        }

        Add(LiveMemory.Of(mapping), address, length, options);
        _counts.Add(SoakCommand.MapObject);
    }

    public void AllocateBuffer()
    {
        if (IsFull)
        {
            Unmap();
            return;
        }

        long length = Length();
        DmaBufferOptions options = _bufferOptions[_random.Next(_bufferOptions.Length)];
        _claims.Enter(_thread);
        DmaBuffer buffer;
        try
        {
            buffer = _space.Allocate(length, options);
            _claims.Claim(_thread, buffer.Iova, length);
        }
        finally
        {
            _claims.Leave(_thread);
        }

        Require(buffer.AsSpan().IndexOfAnyExcept((byte)0) < 0, "A new buffer has somebody's bytes.");
        Add(LiveMemory.Of(buffer), buffer.Address, length, options);
        _counts.Add(SoakCommand.AllocateBuffer);
    }

    public void Unmap()
    {
        if (Count > 0)
        {
            UnmapAt(_random.Next(Count));
        }
    }

    public void UnmapAll()
    {
        while (Count > 0)
        {
            UnmapAt(Count - 1);
        }

        _ended.AsSpan().Clear();
        _endedCount = 0;
    }

    /// <summary>Undoes again what has been undone, some time ago: whoever has the place now keeps it.</summary>
    public void UnmapTwice()
    {
        if (!TryGetEnded(out LiveMemory ended) || ended.Buffer is not null)
        {
            return;
        }

        try
        {
            ended.Unmap();
        }
        catch (ObjectDisposedException)
        {
            _counts.Add(SoakCommand.UnmapTwice);
            return;
        }

        throw new DivergenceException("A mapping was undone twice.");
    }

    /// <summary>The same with the call that does not complain.</summary>
    public void DisposeTwice()
    {
        if (TryGetEnded(out LiveMemory ended))
        {
            ended.Dispose();
            Require(!ended.IsLive, "A mapping that was undone is live.");
            _counts.Add(SoakCommand.DisposeTwice);
        }
    }

    public void FindIova()
    {
        nint address = Count == 0 || _random.Next(2) == 0
            ? _arena.Address + _random.Next((int)_arena.Length)
            : Byte(_live[_random.Next(Count)], out _);
        bool found = _space.TryGetIova(address, out Iova iova);
        bool expected = false;
        bool right = false;
        foreach (ref readonly LiveMemory memory in _live.AsSpan(0, Count))
        {
            if (memory.Has(address))
            {
                expected = true;
                right |= iova == memory.Iova + (address - memory.Address);
            }
        }

        Require(found == expected, "TryGetIova and the model differ over whether a byte is mapped.");
        Require(right || !expected, "TryGetIova gave an address at which the byte is not.");
        _counts.Add(SoakCommand.FindIova);
    }

    public void FindAddress()
    {
        // Nobody maps below what the library would choose.
        bool found = _space.TryGetAddress(new Iova((ulong)_random.Next((int)(LowestChosenPage * Page))), out nint address);
        Require(!found && address == 0, "TryGetAddress found a mapping where none is.");
        if (Count > 0)
        {
            nint expected = Byte(_live[_random.Next(Count)], out Iova iova);
            found = _space.TryGetAddress(iova, out address);
            Require(found && address == expected, "TryGetAddress and the model differ.");
        }

        _counts.Add(SoakCommand.FindAddress);
    }

    /// <summary>Lets the device copy a page from one mapping to another: the kernel's word, and the IOMMU's, that the books are right.</summary>
    public void Copy(Edu edu)
    {
        if (Find(DmaAccess.Read, out nint from, out Iova source)
            && Find(DmaAccess.Write, out nint to, out Iova destination)
            && from != to)
        {
            var sent = new Span<byte>((void*)from, (int)Page);
            var received = new Span<byte>((void*)to, (int)Page);
            _random.NextBytes(sent);
            received.Clear();
            edu.Load(source);
            edu.Store(destination);
            Require(received.SequenceEqual(sent), "What the device copied is not what was sent.");
            _counts.Add(SoakCommand.Copy);
        }
    }

    private static void Require(bool holds, string divergence)
    {
        if (!holds)
        {
            throw new DivergenceException(divergence);
        }
    }

    private void UnmapAt(int index)
    {
        LiveMemory memory = _live[index];
        long leaving = _claims.BeginRelease(memory.Iova, memory.Length);
        if (_random.Next(2) == 0)
        {
            memory.Unmap();
        }
        else
        {
            memory.Dispose();
        }

        _claims.EndRelease(memory.Iova, memory.Length, leaving);
        Require(!memory.IsLive, "A mapping that was undone is live.");
        _live[index] = _live[--Count];
        _live[Count] = default;
        _bytes -= memory.Length;
        _ended[_endedCount++ % _ended.Length] = memory;
        _counts.Add(SoakCommand.Unmap);
    }

    private void Add(LiveMemory memory, nint address, long length, DmaMapOptions options)
    {
        Require(memory.IsLive && memory.Address == address && memory.Length == length, "A mapping is not what was asked for.");
        Require(memory.Access == options.Access, "A mapping allows something else.");
        Require((memory.Iova & (ulong)Math.Max(options.Alignment - 1, Page - 1)) == 0, "A mapping is not aligned as asked.");
        Require(
            options.AddressBits == 64 || memory.Iova.Value + (ulong)length <= 1UL << options.AddressBits,
            "A mapping is beyond the device's address lines.");
        _live[Count++] = memory;
        _bytes += length;
    }

    private bool TryGetEnded(out LiveMemory ended)
    {
        int known = Math.Min(_endedCount, _ended.Length);
        ended = known > 0 ? _ended[_random.Next(known)] : default;
        return known > 0;
    }

    // Most are short, as in a driver; the longest are one huge page.
    private long Length() => (1 + _random.Next(_random.Next(8) == 0 ? LongestPages : ShortPages)) * Page;

    private (nint Address, long Length) Part()
    {
        long length = Length();
        return (_arena.Address + (nint)(_random.NextInt64(((ArenaPages * Page) - length) / Page + 1) * Page), length);
    }

    private nint Byte(in LiveMemory memory, out Iova iova)
    {
        long offset = _random.NextInt64(memory.Length);
        iova = memory.Iova + offset;
        return memory.Address + (nint)offset;
    }

    private bool Find(DmaAccess access, out nint address, out Iova iova)
    {
        int first = Count == 0 ? 0 : _random.Next(Count);
        for (int i = 0; i < Count; i++)
        {
            ref readonly LiveMemory memory = ref _live[(first + i) % Count];
            if ((memory.Access & access) != DmaAccess.None && memory.IsNear)
            {
                long offset = _random.NextInt64(memory.Length / Page) * Page;
                (address, iova) = (memory.Address + (nint)offset, memory.Iova + offset);
                return true;
            }
        }

        (address, iova) = (0, default);
        return false;
    }
}
