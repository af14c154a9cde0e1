using System.Diagnostics;

namespace Vfio.FloorComparison;

/// <summary>Times the passes of one kind of work on this thread, and counts what they allocate.</summary>
internal sealed class Meter(Load load)
{
    private readonly double[] _times = new double[load.Passes];
    private int _passes;
    private long _bytes;

    /// <summary>The figure of the passes so far.</summary>
    public Figure Figure => new(Median.Of(_times.Take(_passes)), (double)_bytes / _passes / load.Count);

    /// <summary>The time of the best pass: the one to know of where the system has to run several threads at once.</summary>
    public double Best => _times.Take(_passes).Min();

    /// <summary>Measures one kind of work alone.</summary>
    public static Figure Measure(Load load, Action work)
    {
        var meter = new Meter(load);
        for (int pass = 0; pass < load.Passes; pass++)
        {
            meter.Pass(work);
        }

        return meter.Figure;
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
