using System.Diagnostics;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>A method that awaits.</summary>
internal sealed class AwaitingWaiter : IWaiter
{
    private readonly Interrupt _interrupt;
    private readonly Task _task;
    private long _lastWake;
    private int _count;
    private volatile bool _ends;

    public AwaitingWaiter(Interrupt interrupt)
    {
        _interrupt = interrupt;
        _task = Task.Run(RunAsync);
    }

    public int Count => Volatile.Read(ref _count);

    public long LastWake => _lastWake;

    public void Dispose()
    {
        _ends = true;
        _interrupt.Trigger();
        _task.GetAwaiter().GetResult();
    }

    private async Task RunAsync()
    {
        while (!_ends)
        {
            _ = await _interrupt.WaitAsync();
            _lastWake = Stopwatch.GetTimestamp();
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
