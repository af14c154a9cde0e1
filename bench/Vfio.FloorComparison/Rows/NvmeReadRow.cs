using Vfio.Core;
using Vfio.Nvme;

namespace Vfio.FloorComparison;

/// <summary>Reads of 4 KiB at random places of the NVMe drive, polled, by the driver in samples/Nvme. Without shadow doorbells, as in C.</summary>
internal sealed class NvmeReadRow(int depth) : IRow
{
    private const int Transfer = 4096;

    // The floor's queues have one entry more.
    private const int Depth = 63;

    private static readonly NvmeControllerOptions _options = new() { Queues = 1, Interrupts = false, ShadowDoorbells = false };

    public IReadOnlyList<string> Names { get; } = [$"nvme.randread.qd{depth}"];

    public Load Load { get; } = new(Passes: 5, Count: 500);

    public int Rounds => 41;

    public int QuickRounds => 11;

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new("nvme.randread", place.Backend, place.Nvme.ToString(), Load, depth)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        var function = VfioFunction.Open(place.Nvme, place.Options);
        using NvmeController controller = NvmeController.Open(function, _options);
        using IoQueuePair queue = controller.CreateQueue(new IoQueuePairOptions { Depth = Depth, Wait = WaitMode.Poll });
        using DmaBuffer data = function.Device.Dma.Allocate(Transfer * Depth);
        var reader = new NvmeReader(queue, controller.Namespaces[0], data.Iova, Transfer);
        return [Meter.Measure(load, () => reader.Read(load.Count, depth))];
    }
}
