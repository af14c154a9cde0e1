using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on a device.</summary>
internal static partial class DeviceErrors
{
    private const string ClaimedBar =
        "Something else on the host claims the BAR; on a display device look for a boot frame buffer (simpledrm, efifb)";

    public static VfioException NoSuchDevice(string address) => new(
        VfioErrorKind.NoSuchDevice,
        "open",
        address,
        "there is no PCI function at this address",
        "List the functions with 'vfio list' or 'lspci -D'");

    public static VfioException NoSuchMediatedDevice(string uuid) => new(
        VfioErrorKind.NoSuchDevice,
        "open",
        uuid,
        "there is no mediated device with this UUID",
        "List them below /sys/bus/mdev/devices; one is made by writing its UUID into a 'create' below /sys/class/mdev_bus");

    public static VfioException NoGroup(string address) => new(
        VfioErrorKind.NoIommu,
        "open",
        address,
        "the function is in no IOMMU group, so no IOMMU translates its DMA",
        "Switch the IOMMU on in the firmware (VT-d, AMD-Vi) and on the kernel command line (intel_iommu=on)");

    public static VfioException NoIsolation(string address) => new(
        VfioErrorKind.NoIsolation,
        "open",
        address,
        "no IOMMU stands between the device and memory: it could read and write all of it",
        "Switch an IOMMU on; only where every user of the machine may be trusted with all of its memory, set AllowUnsafeNoIommu");

    public static VfioException NotBound(string address, string? driver) => new(
        VfioErrorKind.NotBoundToVfio,
        "open",
        address,
        driver is null ? "no driver is bound to the function" : $"the function is bound to the driver {driver}",
        "Bind it to vfio-pci first, with DriverBinding.Bind or 'vfio bind'; what the host uses it for ends then");

    public static VfioException OpenHere(string address) => new(
        VfioErrorKind.GroupBusy,
        "open",
        address,
        "this process has the device open already",
        "Share the VfioDevice that is open, or dispose it first");

    public static VfioException Open(string address, string path, string step, bool hasToken, int errno) => errno switch
    {
        ENODEV => new(
            VfioErrorKind.NotBoundToVfio,
            step,
            address,
            $"the group {path} does not offer the device",
            "Look whether it is still bound to a VFIO driver",
            errno),
        EBUSY => new(
            VfioErrorKind.GroupBusy,
            step,
            address,
            "the device is open already, in a way that does not share it",
            "Close it there first; a cdev under /dev/vfio/devices counts too",
            errno),
        EACCES => Token(address, step, hasToken, errno),
        EINVAL when hasToken => UselessToken(address, step, errno),
        EPERM => new(
            VfioErrorKind.GroupNotViable,
            step,
            address,
            "the kernel will not give the group's DMA away: it is not viable, or its interrupts are not isolated",
            "Unbind the group's other members from the host's drivers, and switch interrupt remapping on",
            errno),
        EAGAIN => new(
            VfioErrorKind.GroupBusy,
            step,
            address,
            "something else in the kernel held the device's lock, and did not let go of it",
            "Try again; a reset or a write to the device's files in sysfs may be under way",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            step,
            address,
            "the device could not be opened",
            "The kernel log may name the reason; a device that is in D3cold or gone from the bus cannot be opened",
            errno),
    };

    public static VfioException Token(string address, string step, bool hasToken, int errno) => new(
        VfioErrorKind.TokenRequired,
        step,
        address,
        hasToken
            ? "the token is not the one that the physical function was opened with, or that its virtual functions are in use under"
            : "a virtual function whose physical function is in user space opens with that one's token, and so does a physical function "
                + "whose virtual ones are in use; none was given",
        "Give VfioDeviceOptions.Token the token that the physical function's owner has set",
        errno);

    public static VfioException UselessToken(string address, string step, int errno) => new(
        VfioErrorKind.TokenRequired,
        step,
        address,
        "a token was given, and the device has no use for one",
        "Open it without: a virtual function needs one only while vfio-pci has its physical function, and by its own node the kernel must know VFIO_DEVICE_BIND_FLAG_TOKEN",
        errno);

    public static VfioException Info(string name, string step, int errno) => errno == ENODEV ? Gone(name, step, errno) : new(
        VfioErrorKind.Refused, step, name, "the kernel would not describe the device", "The kernel log may name the reason", errno);

    public static VfioException NotPci(string name, uint regions) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_GET_INFO",
        name,
        $"the device has {regions} regions, and so no PCI configuration space",
        "Use a PCI function that is bound to vfio-pci or to a variant of it");

    public static VfioException Access(string name, RegionInfo region, long offset, bool writing, int errno)
        => errno == ENODEV ? Gone(name, writing ? "pwrite" : "pread", errno) : Refused(name, region, offset, writing, errno);

    public static VfioException Map(string name, RegionInfo region, long offset, long length, int errno) => errno == ENODEV ? Gone(name, "mmap", errno) : new(
        VfioErrorKind.Refused,
        "mmap",
        name,
        $"0x{length:x} bytes of region {region.Index} at 0x{offset:x} could not be mapped",
        errno == EBUSY ? ClaimedBar : "Read and write the region without mapping it",
        errno);

    public static VfioException Export(string name, RegionInfo region, int errno) => new(
        errno is ENOTTY or EOPNOTSUPP or EINVAL ? VfioErrorKind.NotSupported : VfioErrorKind.Refused,
        "VFIO_DEVICE_FEATURE_DMA_BUF",
        name,
        $"region {region.Index} could not be given to other devices",
        errno is ENOTTY or EOPNOTSUPP or EINVAL
            ? "Use Linux 7.0 or newer with CONFIG_PCI_P2PDMA, or a container (VFIO_BACKEND=type1)"
            : "Set PciCommand.Memory in the command register; the kernel log may name another reason",
        errno);

    public static VfioException EnableInterrupts(string name, InterruptInfo interrupt, int count, int result) => new(
        result > 0 ? VfioErrorKind.NotSupported : VfioErrorKind.Refused,
        "VFIO_DEVICE_SET_IRQS",
        name,
        result > 0
            ? $"the host can give {result} interrupt vectors and not {count}"
            : $"interrupt index {interrupt.Index} could not be enabled with {count} vectors",
        result > 0
            ? "Enable fewer"
            : "INTx, MSI and MSI-X exclude each other: dispose the set that is enabled; some devices have the INTx line disconnected",
        result > 0 ? 0 : -result);

    public static VfioException SetInterrupts(string name, InterruptInfo interrupt, string what, int errno) => new(
        VfioErrorKind.Refused,
        "VFIO_DEVICE_SET_IRQS",
        name,
        $"the kernel would not {what} interrupt index {interrupt.Index}",
        "Mask and unmask only an index that reports it can be masked, while it is enabled",
        errno);

    private static VfioException Refused(string name, RegionInfo region, long offset, bool writing, int errno) => new(
        VfioErrorKind.Refused,
        writing ? "pwrite" : "pread",
        name,
        $"region {region.Index} could not be {(writing ? "written" : "read")} at 0x{offset:x}",
        errno switch
        {
            EIO => "Set PciCommand.Memory (or IO) in the command register; a device that is in reset or in low power answers so too",
            EBUSY => ClaimedBar,
            _ => "Look at the region's size and flags",
        },
        errno);
}
