namespace Vfio.FloorComparison;

/// <summary>
/// Opens a device, in an address space of its own, and closes it. The floor asks the kernel for all that the SDK then knows:
/// regions and their capabilities, interrupts, what can be mapped.
/// </summary>
internal sealed class OpenCloseRow : IRow
{
    public IReadOnlyList<string> Names { get; } = ["open.close"];

    public Load Load { get; } = new(Passes: 3, Count: 1);

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, place.Ivshmem, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        string address = place.Ivshmem!;
        var meter = new Meter(load);
        for (int pass = 0; pass < load.Passes; pass++)
        {
            meter.Pass(() => place.Open(address).Dispose());
        }

        return [meter.Middle];
    }
}
