namespace Vfio.Nvme;

/// <summary>The system's time.</summary>
internal sealed class SystemClock : INvmeClock
{
    public static SystemClock Instance { get; } = new();

    public long Milliseconds => Environment.TickCount64;

    public void Pause() => Thread.Sleep(1);
}
