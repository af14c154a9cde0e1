using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Maps the same memory at many addresses, and unmaps it from them: each phase is timed as a whole.</summary>
/// <param name="size">What the rows and the floor call the length.</param>
/// <param name="length">The length of a mapping.</param>
/// <param name="load">How many.</param>
internal sealed class DmaRow(string size, int length, Load load) : IRow
{
    public IReadOnlyList<string> Names { get; } = [$"dma.map.{size}", $"dma.unmap.{size}"];

    public Load Load => load;

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new($"dma.{size}", place.Backend, place.Edu, load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using VfioDevice device = place.Open(place.Edu);
        using var batch = new MappingBatch(device.Dma, length, load.Count);
        return batch.Measure(load);
    }
}
