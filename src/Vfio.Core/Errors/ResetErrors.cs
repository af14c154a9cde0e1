using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on resets.</summary>
internal static class ResetErrors
{
    private const string FunctionStep = "VFIO_DEVICE_RESET";
    private const string InfoStep = "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO";
    private const string HotStep = "VFIO_DEVICE_PCI_HOT_RESET";

    public static VfioException Function(string name, bool claimed, int errno) => errno switch
    {
        EINVAL or ENOTTY when !claimed => new(
            VfioErrorKind.NotSupported,
            FunctionStep,
            name,
            "the function has no reset of its own",
            "Its state stays as it is; the driver has to bring the device into a known state by its registers, or a hot reset has to "
                + "(VfioDevice.HotReset)",
            errno),
        EAGAIN => Busy(FunctionStep, name, errno),
        ENOTTY => new(
            VfioErrorKind.Refused,
            FunctionStep,
            name,
            "no way to reset that the kernel has for the function worked: they were taken from its list, or the device did not get ready in time",
            "Look at reset_method in the function's folder in sysfs, and into the kernel log; writing 'default' brings the list back",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            FunctionStep,
            name,
            "the reset failed",
            "The kernel log may name the reason; a device that does not come back needs a power cycle",
            errno),
    };

    /// <summary>The way to the device has no reset of a bus or slot.</summary>
    public static VfioException NoHotReset(string name) => NoHotReset(name, errno: 0);

    public static VfioException HotResetInfo(string name, int errno) => errno switch
    {
        ENOTTY => NoHotReset(name, errno),
        EPERM => new(
            VfioErrorKind.ResetSetNotOwned,
            InfoStep,
            name,
            "a function on the same bus is in no IOMMU group, so that nobody can own all that a hot reset would hit",
            "Bind all functions on the bus to vfio-pci, or switch the IOMMU on",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            InfoStep,
            name,
            "the kernel would not tell what a hot reset hits",
            "The kernel log may name the reason",
            errno),
    };

    /// <summary>Functions on the bus are in no group.</summary>
    public static VfioException Ungrouped(string name, IReadOnlyList<HotResetFunction> functions, int errno)
        => HotResetBlockers.Refusal(name, InfoStep, functions, errno);

    public static VfioException BusKeepsChanging(string name, int rounds) => new(
        VfioErrorKind.DeviceBusy,
        InfoStep,
        name,
        $"functions came or went on the bus during each of {rounds} tries to list them",
        "Try again when the hot-plugging, or the rescan of the bus, is over",
        EAGAIN);

    /// <summary>Nothing could reset the bus.</summary>
    public static VfioException NoBridge(string name) => new(
        VfioErrorKind.NotSupported,
        InfoStep,
        name,
        "nothing can reset the bus that the device is on: it is a root bus, or the bridge or a function on it is known not to bear a reset",
        "Reset the function alone, if it can be (VfioDevice.CanReset)",
        ENODEV);

    /// <param name="name">The device.</param>
    /// <param name="info">What was to be hit, as it was seen after the refusal.</param>
    /// <param name="errno">The kernel's error, or zero where it was not asked.</param>
    public static VfioException HotReset(string name, HotResetInfo info, int errno) => errno switch
    {
        0 or EINVAL when info.InTheWay.Count > 0 => HotResetBlockers.Refusal(name, HotStep, info.InTheWay, errno),
        ENODEV => NoBridge(name),
        EAGAIN or EBUSY => Busy(HotStep, name, errno),
        ENOTTY => new(
            VfioErrorKind.DeviceUnreachable,
            HotStep,
            name,
            "the bus was reset, and did not come back: its link is down, or a device on it does not answer. Hit were "
                + string.Join(", ", info.Affected.Select(static function => function.Address)),
            "Look whether the devices answer, and into the kernel log; some bridges, QEMU's root ports without hot-plug among them, never report their link "
                + "as up, and their devices may work all the same. One that does not needs a power cycle",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            HotStep,
            name,
            "the kernel would not reset the bus",
            "The kernel log may name the reason; owners may just have changed, so look at VfioDevice.GetHotResetInfo and try again",
            errno),
    };

    /// <summary>The reset is done, and what was to follow failed.</summary>
    public static VfioException NotPutBack(VfioException error) => new(
        error.Kind,
        error.Step,
        error.Subject,
        "the reset is done, but interrupts or configuration space are not as they were before",
        error.Remedy + ". Dispose the device's interrupts and enable them again, and set its command register",
        error.Errno,
        error);

    public static VfioException NoAnswer(string name, string step) => new(
        VfioErrorKind.DeviceUnreachable,
        step,
        name,
        "the device does not answer: its command register reads as ones",
        "Look whether it is still on the bus, and into the kernel log; a device that does not come back from a reset needs a power cycle");

    private static VfioException Busy(string step, string name, int errno) => new(
        VfioErrorKind.DeviceBusy,
        step,
        name,
        errno == EBUSY
            ? "the reset has to wait for accesses to a device that it would hit"
            : "the reset has to wait for another user of the device's lock",
        "Try again, or allow more time with ResetOptions.BusyTimeout; a write to the device's files in sysfs may be under way",
        errno);

    private static VfioException NoHotReset(string name, int errno) => new(
        VfioErrorKind.NotSupported,
        InfoStep,
        name,
        "the device is not a PCI function whose bus or slot can be reset",
        "Reset it alone, if it can be (VfioDevice.CanReset)",
        errno);
}
