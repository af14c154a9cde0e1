namespace Vfio.Tool.Bench.Statistics;

/// <summary>Percentiles of measured values.</summary>
internal static class Percentile
{
    public const double Median = 0.5;
    public const double P99 = 0.99;

    /// <summary>
    /// The value below which a fraction of the others lies, interpolated between its two neighbours. With few values a high
    /// percentile is near the largest.
    /// </summary>
    /// <param name="sorted">The values, ascending, at least one.</param>
    /// <param name="fraction">From 0 to 1.</param>
    public static double Of(ReadOnlySpan<long> sorted, double fraction)
    {
        if (sorted.IsEmpty)
        {
            throw new ArgumentException("Nothing has no percentiles.", nameof(sorted));
        }

        double position = fraction * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
