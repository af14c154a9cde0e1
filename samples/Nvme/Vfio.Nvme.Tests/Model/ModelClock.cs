namespace Vfio.Nvme.Tests.Model;

/// <summary>Time that passes when the driver waits, or when a test says so.</summary>
internal sealed class ModelClock : INvmeClock
{
    private long _milliseconds = 1;

    public long Milliseconds => Volatile.Read(ref _milliseconds);

    public void Pause()
    {
        Interlocked.Increment(ref _milliseconds);
        Thread.Yield();
    }

    public void Advance(TimeSpan time) => Interlocked.Add(ref _milliseconds, (long)time.TotalMilliseconds);
}
