using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Copies 64 KiB from memory into a mapped BAR, 64 bits at a time.</summary>
internal sealed class MmioCopyRow : IRow
{
    private const int Words = (64 << 10) / sizeof(ulong);

    private readonly ulong[] _source = new ulong[Words];

    public IReadOnlyList<string> Names { get; } = ["mmio.copy64k"];

    public bool RunsOnHost => true;

    public Load Load { get; } = new(Passes: 5, Count: 20);

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, place.Ivshmem, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using var bar = new Bar(place);
        MappedRegion region = bar.Region;
        return [Meter.Measure(load, () => Copy(region, load.Count))];
    }

    private void Copy(MappedRegion region, int count)
    {
        for (int i = 0; i < count; i++)
        {
            region.Write64(0, _source);
        }
    }
}
