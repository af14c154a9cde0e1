using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>What mapping, or unmapping, came to at a point.</summary>
/// <param name="MinNs">The shortest time of one operation, in nanoseconds.</param>
/// <param name="MedianNs">The median.</param>
/// <param name="P99Ns">The 99th percentile.</param>
/// <param name="MaxNs">The longest.</param>
/// <param name="GibPerSecond">How much all threads together did in a second of such operations.</param>
internal sealed record OperationResult(double MinNs, double MedianNs, double P99Ns, double MaxNs, double GibPerSecond)
{
    private const double Gib = 1L << 30;

    /// <summary>Sums up the samples of all threads, which did operations of one size.</summary>
    public static OperationResult Of(IReadOnlyList<Samples> threads, long size)
    {
        double rate = threads.Sum(samples => samples.Count * (double)size / Gib / samples.Total.TotalSeconds);
        LatencySummary all = LatencySummary.Of(Samples.Join(threads));
        return new OperationResult(all.MinNs, all.MedianNs, all.P99Ns, all.MaxNs, Math.Round(rate, 9));
    }
}
