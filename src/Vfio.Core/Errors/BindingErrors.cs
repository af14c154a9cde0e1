using Vfio.Native;

namespace Vfio.Core;

/// <summary>What can go wrong between a function and its drivers.</summary>
internal static class BindingErrors
{
    // The kernel has no error numbers above it.
    private const int MaxErrno = 4095;

    public static InvalidOperationException Open(PciAddress address) => new(
        $"{address}: this process has the device open, and the kernel would wait for its close for ever. Dispose it first.");

    public static VfioException NoDriver(PciAddress address, string driver, string outcome) => new(
        VfioErrorKind.NoVfio,
        "modprobe " + driver,
        address.ToString(),
        $"the kernel has no PCI driver {driver}" + (outcome.Length == 0 ? string.Empty : $" ({outcome})"),
        $"Run 'modprobe {driver}' as root; if that fails the kernel was built without it");

    public static VfioException NotBound(PciAddress address, string? wanted, string? bound) => new(
        VfioErrorKind.BindFailed,
        "drivers_probe",
        address.ToString(),
        wanted is null
            ? $"the function should be without a driver, and {bound} has it"
            : $"the driver {wanted} did not take the function; {(bound is null ? "no driver has it" : $"{bound} has it")} now",
        "The kernel log names the reason; a bridge cannot be bound, and a member of a group in use is refused to the host's drivers");

    public static VfioException Write(PciAddress address, string file, Exception error) => error is UnauthorizedAccessException
        ? new(
            VfioErrorKind.PermissionDenied,
            "write " + file,
            address.ToString(),
            "this user may not change which driver has a function",
            "Run as root",
            Errno.EACCES,
            error)
        : new(
            VfioErrorKind.BindFailed,
            "write " + file,
            address.ToString(),
            "the kernel refused: " + error.Message,
            "The kernel log may name the reason",
            error.HResult is > 0 and <= MaxErrno ? error.HResult : 0,
            error);
}
