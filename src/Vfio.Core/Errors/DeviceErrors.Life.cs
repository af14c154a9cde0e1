namespace Vfio.Core;

/// <content>Devices that do not answer, or are gone.</content>
internal static partial class DeviceErrors
{
    private const string OpenAgain = "Dispose the VfioDevice; open the device again when it is back and bound to a VFIO driver";

    private const string AccessStep = "access to a mapped region";

    /// <summary>The library has released it.</summary>
    public static VfioException Released(string name, TimeSpan gracePeriod) => new(
        VfioErrorKind.DeviceGone,
        "VFIO_PCI_REQ_IRQ_INDEX",
        name,
        $"the kernel wanted the device back, and it was released when the grace period of {gracePeriod} was over",
        OpenAgain);

    /// <summary>The kernel has no device behind the descriptor any more.</summary>
    public static VfioException Gone(string name, string step, int errno) => new(
        VfioErrorKind.DeviceGone, step, name, "the device is gone from the bus", OpenAgain, errno);

    /// <summary>Neither registers nor configuration space answer.</summary>
    public static VfioException NoAnswer(string name) => new(
        VfioErrorKind.DeviceGone,
        "read of the status register",
        name,
        "the device does not answer, neither its registers nor its configuration space: it was unplugged, or its link is down",
        OpenAgain + "; if it is still there, look into the kernel log, and reset its bus (VfioDevice.HotReset)");

    /// <summary>An access through a mapping was not answered, and the device is there.</summary>
    public static VfioException Unanswered(string name, int region, bool hasMemory, bool isAsleep) => new(
        VfioErrorKind.DeviceUnreachable,
        AccessStep,
        name,
        $"region {region} was accessed and did not answer: " + (hasMemory, isAsleep) switch
        {
            (_, true) => "the device is in the power state D3hot",
            (false, _) => "memory accesses are off in its command register",
            _ => "the device was in reset or in low power, or another thread had switched it off",
        },
        (hasMemory, isAsleep) switch
        {
            (_, true) => "Bring it to D0 by its power management capability, and set PciCommand.Memory in VfioDevice.Config.Command",
            (false, _) => "Set PciCommand.Memory in VfioDevice.Config.Command",
            _ => "Make the access again when the device is back; what was written may not have reached it",
        });

    /// <summary>An access through a mapping was not answered, and configuration space does not tell why.</summary>
    public static VfioException Unanswered(string name, int region, VfioException reason) => new(
        VfioErrorKind.DeviceUnreachable,
        AccessStep,
        name,
        $"region {region} was accessed and did not answer, and configuration space could not be read: " + reason.Problem,
        reason.Remedy,
        reason.Errno,
        reason);

    /// <summary>The device's pages could not be taken from under a mapping, which keeps it open in the kernel.</summary>
    public static VfioException NotDetached(string name, int region, int errno) => new(
        VfioErrorKind.OutOfMemory,
        "mmap",
        name,
        $"nothing could be put in the place of region {region}, which is mapped: the kernel counts the device as open until the process ends",
        "Raise RLIMIT_MEMLOCK, or do without mlockall; then end the program",
        errno);
}
