using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Soak;

/// <summary>The commands of one thread that map and unmap, its memory or buffers.</summary>
internal sealed class SoakMappings(
    int thread, AddressSpace space, IovaClaims claims, MemoryHandle arena, LiveMemories live, Random random, SoakCounts counts)
{
    /// <summary>Below this nobody maps.</summary>
    public const long LowestChosen = 16 * Page;

    private const long Page = IovaClaims.Page;
    private const int LongestPages = 512;
    private const int ShortPages = 8;
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

    /// <summary>Asks for something that needs the lock.</summary>
    public void Contend() => _ = space.MappingCount;

    public void MapStreaming()
    {
        if (live.IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        DmaMapOptions options = _options[random.Next(_options.Length)];
        claims.Enter(thread);
        StreamingMapping mapping;
        try
        {
            mapping = space.DangerousMapStreaming(address, length, options);
            claims.Claim(thread, mapping.Iova, length);
        }
        finally
        {
            claims.Leave(thread);
        }

        Add(LiveMemory.Of(mapping, options.Access), address, length, options);
        counts.Add(SoakCommand.MapStreaming);
    }

    /// <summary>Maps at an address of its own choice, which somebody may have.</summary>
    public void MapChosen()
    {
        if (live.IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        var options = new DmaMapOptions { Iova = new Iova((ulong)(LowestChosen + (random.Next(ChosenPages) * Page))) };
        long before = claims.Now;
        claims.Enter(thread);
        StreamingMapping mapping = default;
        VfioException? refusal = null;
        try
        {
            mapping = space.DangerousMapStreaming(address, length, options);
            claims.Claim(thread, mapping.Iova, length);
        }
        catch (VfioException error) when (error.Kind == VfioErrorKind.OverlappingMapping)
        {
            refusal = error;
        }
        finally
        {
            claims.Leave(thread);
        }

        if (refusal is null)
        {
            DivergenceException.ThrowUnless(mapping.Iova == options.Iova, "Another address was chosen than the one that was asked for.");
            Add(LiveMemory.Of(mapping, options.Access), address, length, options);
            counts.Add(SoakCommand.MapChosen);
        }
        else
        {
            DivergenceException.ThrowUnless(refusal.Errno == 0, "An overlap got as far as the kernel.");
            DivergenceException.ThrowUnless(claims.WasTaken(options.Iova.Value, length, before), "An address was refused that nobody has.");
            counts.Add(SoakCommand.MapChosenRefused);
        }
    }

    public void MapObject()
    {
        if (live.IsFull)
        {
            Unmap();
            return;
        }

        (nint address, long length) = Part();
        DmaMapOptions options = _options[random.Next(_options.Length)];
        claims.Enter(thread);
        DmaMapping mapping;
        try
        {
            mapping = space.DangerousMap(address, length, options);
            claims.Claim(thread, mapping.Iova, length);
        }
        finally
        {
            claims.Leave(thread);
        }

        Add(LiveMemory.Of(mapping), address, length, options);
        counts.Add(SoakCommand.MapObject);
    }

    public void AllocateBuffer()
    {
        if (live.IsFull)
        {
            Unmap();
            return;
        }

        long length = Length();
        DmaBufferOptions options = _bufferOptions[random.Next(_bufferOptions.Length)];
        claims.Enter(thread);
        DmaBuffer buffer;
        try
        {
            buffer = space.Allocate(length, options);
            claims.Claim(thread, buffer.Iova, length);
        }
        finally
        {
            claims.Leave(thread);
        }

        DivergenceException.ThrowUnless(buffer.AsSpan().IndexOfAnyExcept((byte)0) < 0, "A new buffer has somebody's bytes.");
        Add(LiveMemory.Of(buffer), buffer.Address, length, options);
        counts.Add(SoakCommand.AllocateBuffer);
    }

    public void Unmap()
    {
        if (live.Count > 0)
        {
            UnmapAt(random.Next(live.Count));
        }
    }

    public void UnmapAll()
    {
        while (live.Count > 0)
        {
            UnmapAt(live.Count - 1);
        }
    }

    /// <summary>Undoes again what has been undone, some time ago: whoever has the place now keeps it.</summary>
    public void UnmapTwice()
    {
        if (!live.TryGetEnded(out LiveMemory ended) || ended.Buffer is not null)
        {
            return;
        }

        try
        {
            ended.Unmap();
        }
        catch (ObjectDisposedException)
        {
            counts.Add(SoakCommand.UnmapTwice);
            return;
        }

        throw new DivergenceException("A mapping was undone twice.");
    }

    /// <summary>The same with the call that does not complain.</summary>
    public void DisposeTwice()
    {
        if (live.TryGetEnded(out LiveMemory ended))
        {
            ended.Dispose();
            DivergenceException.ThrowUnless(!ended.IsLive, "A mapping that was undone is live.");
            counts.Add(SoakCommand.DisposeTwice);
        }
    }

    private void UnmapAt(int index)
    {
        LiveMemory memory = live.All[index];
        long leaving = claims.BeginRelease(memory.Iova, memory.Length);
        if (random.Next(2) == 0)
        {
            memory.Unmap();
        }
        else
        {
            memory.Dispose();
        }

        claims.EndRelease(memory.Iova, memory.Length, leaving);
        DivergenceException.ThrowUnless(!memory.IsLive, "A mapping that was undone is live.");
        live.RemoveAt(index);
        counts.Add(SoakCommand.Unmap);
    }

    private void Add(LiveMemory memory, nint address, long length, DmaMapOptions options)
    {
        DivergenceException.ThrowUnless(memory.IsLive && memory.Address == address && memory.Length == length, "A mapping is not what was asked for.");
        DivergenceException.ThrowUnless(memory.Access == options.Access, "A mapping allows something else.");
        DivergenceException.ThrowUnless((memory.Iova & (ulong)Math.Max(options.Alignment - 1, Page - 1)) == 0, "A mapping is not aligned as asked.");
        DivergenceException.ThrowUnless(
            options.AddressBits == 64 || memory.Iova.Value + (ulong)length <= 1UL << options.AddressBits,
            "A mapping is beyond the device's address lines.");
        live.Add(memory);
    }

    // Most are short, as in a driver; the longest are one huge page.
    private long Length() => (1 + random.Next(random.Next(8) == 0 ? LongestPages : ShortPages)) * Page;

    private (nint Address, long Length) Part()
    {
        long length = Length();
        return (arena.Address + (nint)(random.NextInt64(((arena.Length - length) / Page) + 1) * Page), length);
    }
}
