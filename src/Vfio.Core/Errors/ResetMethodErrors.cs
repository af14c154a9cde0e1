using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on the list of ways to reset a function.</summary>
internal static class ResetMethodErrors
{
    public static VfioException Write(PciAddress address, string file, string text, Exception error) => error switch
    {
        UnauthorizedAccessException => new(
            VfioErrorKind.PermissionDenied,
            "write " + file,
            address.ToString(),
            "this user may not change how a function is reset",
            "Run as root",
            EACCES,
            error),
        FileNotFoundException => new(
            VfioErrorKind.NotSupported,
            "write " + file,
            address.ToString(),
            "the kernel has no list of ways to reset the function: it found none, or is older than Linux 5.15",
            "A hot reset may still do (VfioDevice.GetHotResetInfo)",
            ENOENT,
            error),
        { HResult: EINVAL } => new(
            VfioErrorKind.NotSupported,
            "write " + file,
            address.ToString(),
            $"the function has not all of the ways to reset in '{text}', or the kernel does not know them",
            "Write 'default' (PciResetMethods.SetDefault) and read which there are",
            EINVAL,
            error),
        _ => new(
            VfioErrorKind.Refused,
            "write " + file,
            address.ToString(),
            "the kernel would not change how the function is reset: " + error.Message,
            "The kernel log may name the reason; a device that cannot be woken answers so too",
            error.HResult is > 0 and < 4096 and int errno ? errno : 0,
            error),
    };
}
