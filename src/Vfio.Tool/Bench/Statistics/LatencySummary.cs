namespace Vfio.Tool.Bench.Statistics;

/// <summary>What a set of measured times comes to, in nanoseconds for one operation.</summary>
internal sealed record LatencySummary(double MinNs, double MedianNs, double P99Ns, double MaxNs)
{
    /// <summary>Sums up what was measured; the samples are sorted by it.</summary>
    public static LatencySummary Of(Samples samples)
    {
        ReadOnlySpan<long> sorted = samples.Sort();
        double unit = samples.NanosecondsPerUnit;
        return new LatencySummary(
            Math.Round(sorted[0] * unit, 2),
            Math.Round(Percentile.Of(sorted, Percentile.Median) * unit, 2),
            Math.Round(Percentile.Of(sorted, Percentile.P99) * unit, 2),
            Math.Round(sorted[^1] * unit, 2));
    }
}
