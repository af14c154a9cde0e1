namespace Vfio.FloorComparison;

/// <summary>One piece of work that SDK and floor do alike, and the row or rows of the table that come out of it.</summary>
internal interface IRow
{
    /// <summary>The names of its rows.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Whether it can be done without a device.</summary>
    bool RunsOnHost => false;

    /// <summary>How much is done in a round, by each side.</summary>
    Load Load { get; }

    /// <summary>How often the sides take turns. Many short turns: what else the machine does then meets both alike.</summary>
    int Rounds => 101;

    /// <summary>The same, in a hurry.</summary>
    int QuickRounds => 21;

    /// <summary>A round of the SDK's: opens what it needs, measures, and closes it again. A figure for each of the floor's.</summary>
    IReadOnlyList<Figure> Run(Place place, Load load);

    /// <summary>The same code as a round, and no more work than the compiler needs to see it at.</summary>
    void WarmUp(Place place, Load load) => Run(place, load);

    /// <summary>What the floor is asked in a round.</summary>
    IReadOnlyList<FloorRequest> Requests(Place place);

    /// <summary>Makes results of the medians.</summary>
    Conclusion Conclude(Place place, IReadOnlyList<Figure> sdk, IReadOnlyList<double> floor)
        => new([.. Names.Select((name, i) => new Result(name, place.Backend, sdk[i], floor[i]))]);
}
