using Vfio.Core;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>The mappings that are live while others are measured.</summary>
internal sealed class LiveMappings : IDisposable
{
    // The kernel counts how often a page is pinned in few bits; that many mappings of each page are far below its limit.
    private const int MappingsPerPage = 256;

    private readonly AddressSpace _space;
    private readonly SweepMemory _memory;
    private readonly StreamingMapping[] _mappings;
    private int _count;

    /// <summary>Sets up room for as many as there will be at most.</summary>
    public LiveMappings(AddressSpace space, int capacity)
    {
        _space = space;
        _mappings = new StreamingMapping[capacity];
        long pages = (capacity / MappingsPerPage) + 1;
        _memory = SweepMemory.Allocate(space, pages * SweepPoint.LiveLength, DmaPageSize.Base);
    }

    /// <summary>A page that is there for good.</summary>
    public nint Page => _memory.Address;

    /// <summary>Makes or undoes as many as it takes for this count.</summary>
    /// <exception cref="OperationCanceledException">The user wants no more.</exception>
    /// <exception cref="VfioException">The kernel allows no more; those that there are stay.</exception>
    public void SetCount(int count, CancellationToken cancellationToken)
    {
        while (_count > count)
        {
            _mappings[--_count].Unmap();
        }

        while (_count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nint page = _memory.Address + (nint)(_count / MappingsPerPage * SweepPoint.LiveLength);
            _mappings[_count] = _space.DangerousMapStreaming(page, SweepPoint.LiveLength);
            _count++;
        }
    }

    public void Dispose()
    {
        SetCount(0, CancellationToken.None);
        _memory.Dispose();
    }
}
