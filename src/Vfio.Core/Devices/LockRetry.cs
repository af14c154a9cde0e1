using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// Repeats what the kernel answers with EAGAIN while something else has the device's lock: opening resets the device, for which the kernel
/// only tries to take it, and others hold it shortly.
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
}
