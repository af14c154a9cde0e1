using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>
/// What a map costs among 60,000 live mappings against what it costs among 1,000: the SDK against itself. What the floor costs
/// in both cases tells how much of the growth is the kernel's.
/// </summary>
internal sealed class LiveMappingsRow : IRow
{
    private const int PageLength = 4096;
    private const int Many = 60_000;
    private const int Few = 1_000;

    public IReadOnlyList<string> Names { get; } = ["dma.map.live60k"];

    public Load Load { get; } = new(Passes: 9, Count: 128);

    // Each of them makes 122,000 mappings first.
    public int Rounds => 21;

    public int QuickRounds => 5;

    public IReadOnlyList<FloorRequest> Requests(Place place)
        => [new("dma.4k", place.Backend, place.Edu, Load, Many), new("dma.4k", place.Backend, place.Edu, Load, Few)];

    public void WarmUp(Place place, Load load) => Run(place, load, Few);

    // As from the floor: map and unmap among many, map and unmap among few.
    public IReadOnlyList<Figure> Run(Place place, Load load) => [.. Run(place, load, Many), .. Run(place, load, Few)];

    public Conclusion Conclude(Place place, IReadOnlyList<Figure> sdk, IReadOnlyList<double> floor)
    {
        var result = new Result(Names[0], place.Backend, sdk[0], sdk[2].Nanoseconds);
        string note = $"{Names[0]}, {place.Backend}: floor_ns is the SDK's own cost with {Few} live. In C: "
            + $"{floor[0]:F0} ns with {Many} live, {floor[2]:F0} ns with {Few}, ratio {floor[0] / floor[2]:F3}.";
        return new Conclusion([result], note);
    }

    private static IReadOnlyList<Figure> Run(Place place, Load load, int live)
    {
        using VfioDevice device = place.Open(place.Edu);
        using var standing = new MappingBatch(device.Dma, PageLength, live);
        using var batch = new MappingBatch(device.Dma, PageLength, load.Count);
        standing.Map();
        IReadOnlyList<Figure> figures = batch.Measure(load);

        // In one call, where one by one would take longer than all the rest.
        device.Dma.UnmapAll();
        return figures;
    }
}
