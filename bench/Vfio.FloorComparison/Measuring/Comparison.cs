namespace Vfio.FloorComparison;

/// <summary>
/// Runs a row on both sides in turns: SDK, floor, SDK, floor. What drifts in the machine meanwhile meets both alike.
/// </summary>
internal sealed class Comparison(FloorProcess floor, bool quick)
{
    /// <summary>Runs a row in one place.</summary>
    public Conclusion Run(IRow row, Place place)
    {
        WarmUp.Run(row, place);
        int rounds = quick ? row.QuickRounds : row.Rounds;
        var sdk = new List<IReadOnlyList<Figure>>(rounds);
        var other = new List<IReadOnlyList<double>>(rounds);
        for (int round = 0; round < rounds; round++)
        {
            // What a round left behind is not collected in the middle of the next.
            GC.Collect();
            sdk.Add(row.Run(place, row.Load));
            other.Add([.. row.Requests(place).SelectMany(floor.Ask)]);
        }

        Figure[] figures = [.. Enumerable.Range(0, sdk[0].Count).Select(i => Figure.Of([.. sdk.Select(round => round[i])]))];
        double[] floors = [.. Enumerable.Range(0, other[0].Count).Select(i => Median.Of(other.Select(round => round[i])))];
        return row.Conclude(place, figures, floors);
    }
}
