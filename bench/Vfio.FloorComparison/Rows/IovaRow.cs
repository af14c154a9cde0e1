namespace Vfio.FloorComparison;

/// <summary>
/// Allocates an address and frees one, with 60,000 live ones and 30,000 holes between them. No kernel. The floor has a
/// balanced tree too, and does the same steps, from the same random numbers.
/// </summary>
internal sealed class IovaRow : IRow
{
    private const int Live = 60_000;

    public IReadOnlyList<string> Names { get; } = ["iova.alloc"];

    public bool RunsOnHost => true;

    public Load Load { get; } = new(Passes: 11, Count: 1000);

    public int Rounds => 41;

    public int QuickRounds => 11;

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new(Names[0], place.Backend, Device: null, Load, Live)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        var space = new FragmentedSpace(Live, load.Count);
        var meter = new Meter(load);
        for (int pass = 0; pass < load.Passes; pass++)
        {
            space.Shuffle();
            meter.Pass(space.FillAndFree);
        }

        return [meter.Best];
    }
}
