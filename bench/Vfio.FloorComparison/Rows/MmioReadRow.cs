using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Reads a 32-bit register of a mapped BAR that was taken out of its region; for the note, also through the region.</summary>
internal sealed class MmioReadRow : IRow
{
    public IReadOnlyList<string> Names { get; } = ["mmio.read32"];

    public bool RunsOnHost => true;

    public Load Load { get; } = new(Passes: 5, Count: 20_000);

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, place.Ivshmem, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using var bar = new Bar(place);
        MappedRegion region = bar.Region;
        Register32 register = region.Register32(0);
        uint sum = 0;
        Figure any = Meter.Measure(load, () => sum += Read(region, load.Count));
        Figure one = Meter.Measure(load, () => sum += Read(register, load.Count));
        GC.KeepAlive(sum);
        return [any, one];
    }

    public Conclusion Conclude(Place place, IReadOnlyList<Figure> sdk, IReadOnlyList<double> floor)
        => new(
            [new Result(Names[0], place.Backend, sdk[1], floor[0])],
            $"{Names[0]}, {place.Backend}: through the region (MappedRegion.Read32), which checks each access, {sdk[0].Nanoseconds:F2} ns.");

    private static uint Read(MappedRegion region, int count)
    {
        uint sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += region.Read32(0);
        }

        return sum;
    }

    private static uint Read(Register32 register, int count)
    {
        uint sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += register.Read();
        }

        return sum;
    }
}
