using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>What an address space must do, said simply: a list of what is mapped, looked through from end to end.</summary>
/// <remarks>Steps come from random bytes: what they ask for is small, so that it often is in the way of something.</remarks>
internal sealed unsafe class AddressSpaceModel : IDisposable
{
    public const int BytesPerStep = 4;

    private const int Page = 4096;
    private const int ArenaPages = 16;
    private const int WindowPages = 48;
    private const int Most = 24;
    private const ulong Window = 0x1_0000;

    private readonly AddressSpace _space;
    private readonly DmaPool _pool;
    private readonly byte* _arena = (byte*)NativeMemory.AlignedAlloc(ArenaPages * Page, Page);
    private readonly List<(Iova Iova, nint Address, long Length, IDisposable Mapping)> _live = [];
    private readonly List<DmaBlock> _rented = [];
    private readonly List<IDisposable> _ended = [];
    private DmaBlock _returned;

    public AddressSpaceModel(AddressSpace space)
    {
        _space = space;

        // Of one page, because without an IOMMU no two of them lie together.
        _pool = DmaPool.Create(space, 512, 8, new() { Poison = true });
    }

    public void Dispose()
    {
        foreach ((_, _, _, IDisposable mapping) in _live)
        {
            mapping.Dispose();
        }

        _pool.Dispose();
        NativeMemory.AlignedFree(_arena);
        Assert.Equal(0, _space.MappingCount);
    }

    public void Step(ReadOnlySpan<byte> step)
    {
        switch (step[0] % 10)
        {
            case 0 or 1:
                MapValue(step, chosen: null);
                break;
            case 2:
                MapValue(step, new Iova(Window + ((ulong)(step[3] % WindowPages) * Page)));
                break;
            case 3:
                MapOwned(step);
                break;
            case 4 or 5:
                Unmap(step[1]);
                break;
            case 6:
                UnmapAgain(step[1]);
                break;
            case 7:
                Rent();
                break;
            case 8:
                Return(step[1]);
                break;
            default:
                _space.UnmapAll();
                Forget();
                break;
        }

        Compare(step);
    }

    private static bool Has((Iova Iova, nint Address, long Length, IDisposable Mapping) memory, nint address)
        => address >= memory.Address && address < memory.Address + (nint)memory.Length;

    private static void Undo(IDisposable mapping)
    {
        switch (mapping)
        {
            case StreamingMapping value:
                value.Unmap();
                break;
            case DmaMapping owned:
                owned.Unmap();
                break;
            default:
                mapping.Dispose();
                break;
        }
    }

    private (nint Address, long Length, DmaMapOptions Options) Ask(ReadOnlySpan<byte> step)
    {
        // Without an IOMMU only single pages are sure to lie together.
        int pages = _space.IsIsolated ? 1 + (step[1] % 5) : 1;
        var options = new DmaMapOptions
        {
            Access = (DmaAccess)(1 + (step[3] % 3)),
            AddressBits = _space.IsIsolated && step[3] % 2 == 0 ? 20 : 64,
            Alignment = _space.IsIsolated ? (long)Page << (step[2] % 4) : 0,
        };
        return ((nint)_arena + (step[2] % (ArenaPages - pages) * Page), pages * Page, options);
    }

    private void MapValue(ReadOnlySpan<byte> step, Iova? chosen)
    {
        if (_live.Count == Most || (chosen is not null && !_space.IsIsolated))
        {
            return;
        }

        (nint address, long length, DmaMapOptions options) = Ask(step);
        if (chosen is { } iova)
        {
            options = new DmaMapOptions { Iova = iova, Access = options.Access };
            if (Overlaps(iova, length))
            {
                VfioException refusal = Assert.Throws<VfioException>(() => _space.DangerousMapStreaming(address, length, options));
                Assert.Equal(VfioErrorKind.OverlappingMapping, refusal.Kind);
                return;
            }
        }

        StreamingMapping mapping = _space.DangerousMapStreaming(address, length, options);
        Assert.Equal(chosen ?? mapping.Iova, mapping.Iova);
        Add(mapping.Iova, address, length, mapping, options);
    }

    private void MapOwned(ReadOnlySpan<byte> step)
    {
        if (_live.Count == Most)
        {
            return;
        }

        (nint address, long length, DmaMapOptions options) = Ask(step);
        if (step[3] % 2 == 0)
        {
            DmaMapping mapping = _space.DangerousMap(address, length, options);
            Add(mapping.Iova, address, length, mapping, options);
        }
        else
        {
            DmaBuffer buffer = _space.Allocate(length, new DmaBufferOptions { AddressBits = options.AddressBits });
            Add(buffer.Iova, buffer.Address, length, buffer, options with { Alignment = 0 });
        }
    }

    private void Add(Iova iova, nint address, long length, IDisposable mapping, DmaMapOptions options)
    {
        if (_space.IsIsolated)
        {
            Assert.False(Overlaps(iova, length));
            Assert.True(options.AddressBits == 64 || iova + length <= new Iova(1UL << options.AddressBits));
            Assert.Equal(0UL, iova & (ulong)Math.Max(options.Alignment - 1, Page - 1));
        }

        _live.Add((iova, address, length, mapping));
    }

    private void Unmap(int which)
    {
        if (_live.Count > 0)
        {
            int i = which % _live.Count;
            Undo(_live[i].Mapping);
            _ended.Add(_live[i].Mapping);
            _live.RemoveAt(i);
        }
    }

    private void UnmapAgain(int which)
    {
        if (_ended.Count == 0)
        {
            return;
        }

        IDisposable ended = _ended[which % _ended.Count];
        ended.Dispose();
        if (ended is not DmaBuffer)
        {
            Assert.Throws<ObjectDisposedException>(() => Undo(ended));
        }
    }

    private void Rent()
    {
        Assert.Equal(_pool.BlockCount - _rented.Count, _pool.AvailableBlocks);
        bool rented = _pool.TryRent(out DmaBlock block);
        Assert.Equal(_rented.Count < _pool.BlockCount, rented);
        if (rented)
        {
            Assert.DoesNotContain(_rented, other => other.Index == block.Index);
            block.AsSpan().Fill((byte)block.Index);
            _rented.Add(block);
        }
    }

    private void Return(int which)
    {
        if (_returned != default)
        {
            Assert.Throws<InvalidOperationException>(_returned.Dispose);
        }

        if (_rented.Count > 0)
        {
            _returned = _rented[which % _rented.Count];
            Assert.Equal(-1, _returned.AsSpan().IndexOfAnyExcept((byte)_returned.Index));
            Assert.True(_pool.TryGetBlock(_returned.Iova + (which % 512), out DmaBlock found));
            Assert.Equal(_returned, found);
            _returned.Dispose();
            _rented.Remove(_returned);
            Assert.False(_pool.TryGetBlock(_returned.Iova, out _));
        }
    }

    // The memory of the pool and of buffers stays theirs; their mappings do not.
    private void Forget()
    {
        foreach ((_, _, _, IDisposable mapping) in _live)
        {
            mapping.Dispose();
            _ended.Add(mapping);
        }

        _live.Clear();
    }

    private void Compare(ReadOnlySpan<byte> step)
    {
        int pool = _pool.Buffer.Mapping.IsLive ? 1 : 0;
        Assert.Equal(_live.Count + pool, _space.MappingCount);
        nint address = (nint)_arena + (((step[1] << 8) | step[2]) % (ArenaPages * Page));
        bool mapped = _live.Exists(it => Has(it, address));
        Assert.Equal(mapped, _space.TryGetIova(address, out Iova iova));
        if (mapped)
        {
            Assert.Contains(_live, it => Has(it, address) && it.Iova + (address - it.Address) == iova);
            Assert.True(_space.TryGetAddress(iova, out nint back));
            Assert.Equal(address, back);
        }

        if (_space.IsIsolated)
        {
            iova = new Iova(Window + ((ulong)(step[3] % WindowPages) * Page) + step[2]);
            Assert.Equal(Overlaps(iova, 1), _space.TryGetAddress(iova, out _));
        }
    }

    private bool Overlaps(Iova iova, long length)
        => _live.Exists(it => iova < it.Iova + it.Length && it.Iova < iova + length)
            || (_pool.Buffer.Mapping.IsLive && iova < _pool.Buffer.Iova + _pool.Buffer.Length && _pool.Buffer.Iova < iova + length);
}
