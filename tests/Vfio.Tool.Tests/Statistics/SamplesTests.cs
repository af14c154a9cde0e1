using System.Diagnostics;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Tests.Statistics;

public sealed class SamplesTests
{
    private static readonly double _tick = 1e9 / Stopwatch.Frequency;

    [Fact]
    public void A_summary_is_of_one_operation_also_where_many_were_timed_at_once()
    {
        var samples = new Samples(4) { Batch = 10 };
        foreach (long ticks in (ReadOnlySpan<long>)[4000, 1000, 3000, 2000])
        {
            samples.Add(ticks);
        }

        var summary = LatencySummary.Of(samples);

        Assert.Equal(100 * _tick, summary.MinNs, 2);
        Assert.Equal(250 * _tick, summary.MedianNs, 2);
        Assert.Equal(397 * _tick, summary.P99Ns, 2);
        Assert.Equal(400 * _tick, summary.MaxNs, 2);
    }

    [Fact]
    public void Samples_are_full_at_their_capacity_and_empty_again()
    {
        var samples = new Samples(2);
        samples.Add(1);
        Assert.False(samples.IsFull);
        samples.Add(2);
        Assert.True(samples.IsFull);
        samples.Clear();
        Assert.Equal(0, samples.Count);
        Assert.Equal(TimeSpan.Zero, samples.Total);
    }

    [Fact]
    public void The_samples_of_several_threads_become_one_set()
    {
        var first = new Samples(3);
        first.Add(5);
        var second = new Samples(3);
        second.Add(1);
        second.Add(9);

        Assert.Equal([1, 5, 9], Samples.Join([first, second]).Sort().ToArray());
    }

    [Fact]
    public void Taking_a_sample_allocates_nothing()
    {
        var samples = new Samples(1000);
        samples.Add(1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        while (!samples.IsFull)
        {
            samples.Add(Stopwatch.GetTimestamp());
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
