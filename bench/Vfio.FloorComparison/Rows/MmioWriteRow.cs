using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Writes a 32-bit register of a mapped BAR that was taken out of its region; for the note, also through the region.</summary>
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
            [new Result(Names[0], place.Backend, sdk[1], floor[0])],
            $"{Names[0]}, {place.Backend}: through the region (MappedRegion.Write32), which checks each access, {sdk[0].Nanoseconds:F2} ns.");

    private static void Write(MappedRegion region, int count)
    {
        for (int i = 0; i < count; i++)
        {
            region.Write32(0, (uint)i);
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
