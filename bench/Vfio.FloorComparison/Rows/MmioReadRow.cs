using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Reads 32-bit registers of a mapped BAR, a few in a row; for the note, also one that was taken out.</summary>
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
            [new Result(Names[0], place.Backend, sdk[0], floor[0])],
            $"{Names[0]}, {place.Backend}: through a Register32, which is checked once, {sdk[1].Nanoseconds:F2} ns.");

    private static uint Read(MappedRegion region, int count)
    {
        uint sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += region.Read32((i % Bar.Registers) * sizeof(uint));
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
