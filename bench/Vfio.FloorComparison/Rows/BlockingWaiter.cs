using System.Diagnostics;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>A thread that is blocked in the wait.</summary>
internal sealed class BlockingWaiter : IWaiter
{
    private readonly Interrupt _interrupt;
    private readonly Thread _thread;
    private long _lastWake;
    private int _count;
    private volatile bool _ends;

    public BlockingWaiter(Interrupt interrupt)
    {
        _interrupt = interrupt;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Count => Volatile.Read(ref _count);

    public long LastWake => _lastWake;

    public void Dispose()
    {
        _ends = true;
        _interrupt.Trigger();
        _thread.Join();
    }

    private void Run()
    {
        while (!_ends)
        {
            _ = _interrupt.Wait(Timeout.InfiniteTimeSpan);
            _lastWake = Stopwatch.GetTimestamp();
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
