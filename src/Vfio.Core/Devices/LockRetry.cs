using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// Repeats what the kernel answers with EAGAIN, and in a reset with EBUSY, while something else has the device's lock: opening resets the
/// device, for which the kernel only tries to take it, and others hold it shortly.
/// </summary>
internal static class LockRetry
{
    private const int Times = 20;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    public static int Run(Func<int> call)
    {
        int result = call();
        for (int i = 0; result == -Errno.EAGAIN && i < Times; i++)
        {
            Thread.Sleep(_pause);
            result = call();
        }

        return result;
    }

    /// <summary>Repeats a reset for as long as the caller wants to wait, and calls at least once.</summary>
    /// <param name="call">The call.</param>
    /// <param name="limit">How long.</param>
    /// <param name="hasEnded">
    /// Whether the device is to be closed: then it is not kept open for another try, which a removal that waits for the close lets nobody have.
    /// </param>
    public static int Run(Func<int> call, TimeSpan limit, Func<bool> hasEnded)
    {
        var deadline = new Deadline(limit);
        int result = call();
        while (result is -Errno.EAGAIN or -Errno.EBUSY && !hasEnded() && deadline.Milliseconds is > 0 and var left)
        {
            Thread.Sleep(Math.Min(left, (int)_pause.TotalMilliseconds));
            result = call();
        }

        return result;
    }
}
