using Vfio.Nvme.Tool.Perf;

namespace Vfio.Nvme.Tests.Tool;

public sealed class HistogramTests
{
    [Fact]
    public void Percentiles_are_those_of_the_sorted_times_within_a_hundredth()
    {
        var random = new Random(5);
        long[] times = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20))];
        var histogram = new LatencyHistogram();
        Array.ForEach(times, histogram.Record);
        Array.Sort(times);

        Assert.Equal(times[0], histogram.Min);
        Assert.Equal(times[^1], histogram.Max);
        Assert.Equal(times.Average(), histogram.Mean, 1e-3);
        foreach (double part in (double[])[0.001, 0.5, 0.9, 0.99, 0.999, 0.9999, 1])
        {
            long exact = times[(int)Math.Ceiling(part * times.Length) - 1];
            Assert.InRange(histogram.Percentile(part), exact, exact * 1.01);
        }
    }

    [Fact]
    public void Every_time_has_a_place()
    {
        foreach (long time in (long[])[-1, 0, 1, 127, 128, 255, 256, 257, long.MaxValue - 1, long.MaxValue])
        {
            var histogram = new LatencyHistogram();
            histogram.Record(time);
            Assert.Equal(Math.Max(0, time), histogram.Percentile(0.5));
        }
    }

    [Fact]
    public void Histograms_add_up_and_are_cleared()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        other.Add(one);
        Assert.Equal(0, other.Percentile(0.5));
        one.Record(5);
        one.Record(1000);
        other.Record(3);
        other.Add(one);

        Assert.Equal((3, 3, 1000), (other.Count, other.Min, other.Max));
        Assert.Equal(5, other.Percentile(0.5));
        other.Clear();
        Assert.Equal((0, 0, 0, 0), (other.Count, other.Min, other.Max, other.Mean));
    }
}
