using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>
/// Rents a block of a pool and returns it; for the note, also by two threads at once. No kernel. The floor is a free list
/// without locks, which knows neither a block that is returned twice nor a disposed pool.
/// </summary>
internal sealed class PoolRow : IRow
{
    private const int BlockLength = 4096;
    private const int Blocks = 256;

    public IReadOnlyList<string> Names { get; } = ["pool.rent"];

    public bool RunsOnHost => true;

    public Load Load { get; } = new(Passes: 7, Count: 5000);

    public int Rounds => 41;

    public int QuickRounds => 11;

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, Device: null, Load, Blocks)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using VfioDevice? device = place.Machine is null ? null : place.Open(place.Edu);
        using AddressSpace? memory = device is null ? SilentIommu.CreateSpace() : null;
        using var pool = DmaPool.Create(memory ?? device!.Dma, BlockLength, Blocks);
        Figure one = Meter.Measure(load, () => RentAndReturn(pool, load.Count));
        using var other = new SecondThread(() => RentAndReturn(pool, load.Count));
        var two = new Meter(load);
        for (int pass = 0; pass < load.Passes; pass++)
        {
            two.Pass(() => other.RunWith(() => RentAndReturn(pool, load.Count)));
        }

        return [one, two.Best];
    }

    public Conclusion Conclude(Place place, IReadOnlyList<Figure> sdk, IReadOnlyList<double> floor)
        => new(
            [new Result(Names[0], place.Backend, sdk[0], floor[0])],
            $"{Names[0]}, {place.Backend}: by two threads at once, {sdk[1].Nanoseconds:F2} ns for one of each.");

    private static void RentAndReturn(DmaPool pool, int count)
    {
        for (int i = 0; i < count; i++)
        {
            pool.Rent().Dispose();
        }
    }
}
