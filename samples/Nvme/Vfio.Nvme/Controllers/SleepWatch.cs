namespace Vfio.Nvme;

/// <summary>
/// Wakes the owners of a controller's queues now and then, so that those who sleep notice what does not come. A thread of its own, because the
/// workers of the thread pool look for more work for a while whenever they have done some, which those who poll would feel.
/// </summary>
internal sealed class SleepWatch : IDisposable
{
    private const int Period = 250; // milliseconds

    private readonly object _gate = new(); // with which a Lock cannot wait
    private bool _ended;

    /// <summary>Begins. A controller that nobody disposes of is not kept by it.</summary>
    public SleepWatch(NvmeController controller)
    {
        var reference = new WeakReference<NvmeController>(controller);
        new Thread(() => Run(reference)) { IsBackground = true, Name = "NVMe watch" }.Start();
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    private static bool TryNudge(WeakReference<NvmeController> reference)
    {
        if (!reference.TryGetTarget(out NvmeController? controller))
        {
            return false;
        }

        controller.NudgeSleepers();
        return true;
    }

    private void Run(WeakReference<NvmeController> reference)
    {
        lock (_gate)
        {
            do
            {
                Monitor.Wait(_gate, Period);
            }
            while (!_ended && TryNudge(reference));
        }
    }
}
