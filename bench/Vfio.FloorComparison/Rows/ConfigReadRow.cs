using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Reads 32 bits of configuration space, which is a call into the kernel.</summary>
internal sealed class ConfigReadRow : IRow
{
    public IReadOnlyList<string> Names { get; } = ["config.read32"];

    public Load Load { get; } = new(Passes: 5, Count: 1000);

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, place.Ivshmem, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using VfioDevice device = place.Open(place.Ivshmem!);
        PciConfigSpace config = device.Config;
        return [Meter.Measure(load, () => Read(config, load.Count))];
    }

    private static void Read(PciConfigSpace config, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = config.Read32(0);
        }
    }
}
