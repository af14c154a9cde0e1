using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Irq;

/// <summary>A way to wait in the results of <c>vfio bench irq</c>.</summary>
/// <param name="Wait"><c>blocking</c> or <c>async</c>.</param>
/// <param name="Samples">How many interrupts were measured.</param>
/// <param name="Latency">From just before the trigger until the waiter runs; null where nothing was measured.</param>
internal sealed record IrqResult(string Wait, int Samples, LatencySummary? Latency)
{
    /// <summary>The times that it is the summary of, ascending, in nanoseconds.</summary>
    internal IReadOnlyList<double> Times { get; init; } = [];

    /// <summary>Sums up samples.</summary>
    public static IrqResult Of(string wait, Samples samples)
    {
        if (samples.Count == 0)
        {
            return new IrqResult(wait, 0, null);
        }

        var latency = LatencySummary.Of(samples);
        double[] times = new double[samples.Count];
        ReadOnlySpan<long> sorted = samples.Sort();
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = sorted[i] * samples.NanosecondsPerUnit;
        }

        return new IrqResult(wait, times.Length, latency) { Times = times };
    }
}
