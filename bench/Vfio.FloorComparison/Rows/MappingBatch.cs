using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Mappings of the same memory, made and undone together.</summary>
internal sealed class MappingBatch : IDisposable
{
    private readonly AddressSpace _space;
    private readonly LargePages _memory;
    private readonly StreamingMapping[] _mappings;
    private readonly int _length;

    public MappingBatch(AddressSpace space, int length, int count)
    {
        _space = space;
        _length = length;
        _memory = new LargePages(length);
        _mappings = new StreamingMapping[count];
    }

    /// <summary>Times mapping and unmapping. The first pass, which makes room in the books of both sides, does not count.</summary>
    public IReadOnlyList<Figure> Measure(Load load)
    {
        var map = new Meter(load);
        var unmap = new Meter(load);
        Map();
        Unmap();
        for (int pass = 0; pass < load.Passes; pass++)
        {
            map.Pass(Map);
            unmap.Pass(Unmap);
        }

        return [map.Best, unmap.Best];
    }

    public void Map()
    {
        StreamingMapping[] mappings = _mappings;
        nint address = _memory.Address;
        for (int i = 0; i < mappings.Length; i++)
        {
            mappings[i] = _space.DangerousMapStreaming(address, _length);
        }
    }

    /// <summary>Gives the memory back. The mappings end here if they have not been undone.</summary>
    public void Dispose()
    {
        foreach (StreamingMapping mapping in _mappings)
        {
            mapping.Dispose();
        }

        _memory.Dispose();
    }

    private void Unmap()
    {
        StreamingMapping[] mappings = _mappings;
        for (int i = 0; i < mappings.Length; i++)
        {
            mappings[i].Unmap();
        }
    }
}
