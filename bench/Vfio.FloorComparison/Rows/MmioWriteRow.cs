using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Writes 32-bit registers of a mapped BAR, a few in a row; for the note, also one that was taken out.</summary>
internal sealed class MmioWriteRow : IRow
{
    public IReadOnlyList<string> Names { get; } = ["mmio.write32"];

    public bool RunsOnHost => true;

    public Load Load { get; } = new(Passes: 5, Count: 20_000);

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, place.Ivshmem, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using var bar = new Bar(place);
        MappedRegion region = bar.Region;
        Register32 register = region.Register32(0);
        return
        [
            Meter.Measure(load, () => Write(region, load.Count)),
            Meter.Measure(load, () => Write(register, load.Count)),
        ];
    }

    public Conclusion Conclude(Place place, IReadOnlyList<Figure> sdk, IReadOnlyList<double> floor)
        => new(
            [new Result(Names[0], place.Backend, sdk[0], floor[0])],
            $"{Names[0]}, {place.Backend}: through a Register32, which is checked once, {sdk[1].Nanoseconds:F2} ns.");

    private static void Write(MappedRegion region, int count)
    {
        for (int i = 0; i < count; i++)
        {
            region.Write32((i % Bar.Registers) * sizeof(uint), (uint)i);
        }
    }

    private static void Write(Register32 register, int count)
    {
        for (int i = 0; i < count; i++)
        {
            register.Write((uint)i);
        }
    }
}
