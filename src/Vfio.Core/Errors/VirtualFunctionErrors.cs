using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors when virtual functions are made and removed.</summary>
internal static class VirtualFunctionErrors
{
    private const string CountStep = "write sriov_numvfs";
    private const int MaxErrno = 4095;

    public static VfioException NoSriov(PciAddress address) => new(
        VfioErrorKind.NotSupported,
        "read sriov_totalvfs",
        address.ToString(),
        "the function has no SR-IOV, or is a virtual function itself",
        "Use a physical function with SR-IOV, and a kernel with CONFIG_PCI_IOV");

    public static VfioException Already(PciAddress address, int present) => new(
        VfioErrorKind.DeviceBusy,
        CountStep,
        address.ToString(),
        $"the function has {present} virtual functions already",
        "Remove them first (PciVirtualFunctions.Disable): the kernel knows only all and none");

    public static VfioException TooFew(PciAddress address, int wanted, int made) => new(
        VfioErrorKind.Refused,
        CountStep,
        address.ToString(),
        $"{wanted} virtual functions were asked for, and {made} are there",
        "The kernel log may name the reason; remove them (PciVirtualFunctions.Disable) before another try");

    public static VfioException Hangs(PciAddress address, int value, IReadOnlyList<PciAddress> openHere, HangingWriteException error) => new(
        VfioErrorKind.InUse,
        "write " + error.File,
        address.ToString(),
        value == 0
            ? $"virtual functions are still in use after {error.Limit.TotalSeconds:0.###} seconds, and the kernel waits for their users"
            : $"the kernel has not answered after {error.Limit.TotalSeconds:0.###} seconds",
        (openHere.Count > 0
            ? $"This process has {string.Join(", ", openHere)} open: dispose what is open"
            : "Let the programs end that have them open (vfio inspect names them)")
            + $"; process {error.ProcessId} waits in the kernel for it, and ends by itself",
        0,
        error);

    public static VfioException Gone(PciAddress address, string file, Exception error) => new(
        VfioErrorKind.NoSuchDevice,
        "write " + file,
        address.ToString(),
        "the physical function is gone from the bus, and its virtual functions with it",
        "Let the kernel find it again (write 1 to /sys/bus/pci/rescan), or plug it in",
        error.HResult is > 0 and <= MaxErrno ? error.HResult : 0,
        error);

    public static VfioException Write(PciAddress address, string file, int value, string? driver, Exception error) => error switch
    {
        UnauthorizedAccessException => new(
            VfioErrorKind.PermissionDenied,
            "write " + file,
            address.ToString(),
            "this user may not make or remove virtual functions",
            "Run as root",
            EACCES,
            error),
        { HResult: ENOENT } or FileNotFoundException => new(
            VfioErrorKind.NotSupported,
            "write " + file,
            address.ToString(),
            driver is null ? "the function has no driver, which would have to make them" : $"the driver {driver} does not make virtual functions",
            driver == DriverBinding.DefaultDriver
                ? "Allow it: write Y to /sys/module/vfio_pci/parameters/enable_sriov, or load vfio-pci with enable_sriov=1"
                : "Bind the function to vfio-pci with enable_sriov=1, or to its own driver",
            ENOENT,
            error),
        { HResult: EBUSY } => new(
            VfioErrorKind.DeviceBusy,
            "write " + file,
            address.ToString(),
            "another number of virtual functions is there, or the function is at something else",
            "Remove them first (PciVirtualFunctions.Disable), and try again",
            EBUSY,
            error),
        { HResult: EINVAL } => new(
            VfioErrorKind.Refused,
            "write " + file,
            address.ToString(),
            "the driver refused: its virtual functions are being made or removed already, or the function cannot have them in its state",
            "Wait for the other change; vfio-pci also wants its parameter enable_sriov",
            EINVAL,
            error),
        { HResult: ENOMEM or ENOSPC or EIO } => new(
            VfioErrorKind.Refused,
            "write " + file,
            address.ToString(),
            $"there is no room for {value} virtual functions: in memory addresses, or in numbers of buses",
            "Make fewer, or boot with pci=realloc or pci=assign-busses; the kernel log names what is missing",
            error.HResult,
            error),
        _ => new(
            VfioErrorKind.Refused,
            "write " + file,
            address.ToString(),
            "the kernel refused: " + error.Message,
            "The kernel log may name the reason",
            error.HResult is > 0 and <= MaxErrno ? error.HResult : 0,
            error),
    };
}
