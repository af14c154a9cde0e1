using System.Diagnostics;

namespace Vfio.FloorComparison;

/// <summary>Times the passes of one kind of work on this thread, and counts what they allocate.</summary>
internal sealed class Meter(Load load)
{
    private readonly double[] _times = new double[load.Passes];
    private int _passes;
    private long _bytes;

    /// <summary>The figure of the best pass so far: the others did the same, and were disturbed.</summary>
    public Figure Best => new(_times.Take(_passes).Min(), Bytes);

    /// <summary>The figure of the pass in the middle, for work that differs from pass to pass.</summary>
    public Figure Middle => new(Median.Of(_times.Take(_passes)), Bytes);

    private double Bytes => (double)_bytes / _passes / load.Count;

    /// <summary>Measures one kind of work alone.</summary>
    /// <returns>The best pass.</returns>
    public static Figure Measure(Load load, Action work)
    {
        var meter = new Meter(load);
        for (int pass = 0; pass < load.Passes; pass++)
        {
            meter.Pass(work);
        }

        return meter.Best;
    }

    /// <summary>Does the work of one pass, which is as many operations as the load says.</summary>
    public void Pass(Action work)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long begin = Stopwatch.GetTimestamp();
        work();
        long end = Stopwatch.GetTimestamp();
        _bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
        _times[_passes++] = Stopwatch.GetElapsedTime(begin, end).TotalNanoseconds / load.Count;
    }
}
