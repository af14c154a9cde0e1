using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on resets.</summary>
internal static class ResetErrors
{
    private const string InfoStep = "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO";

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

    public static VfioException BusKeepsChanging(string name, int rounds) => new(
        VfioErrorKind.DeviceBusy,
        InfoStep,
        name,
        $"functions came or went on the bus during each of {rounds} tries to list them",
        "Try again when the hot-plugging, or the rescan of the bus, is over",
        EAGAIN);

    private static VfioException NoHotReset(string name, int errno) => new(
        VfioErrorKind.NotSupported,
        InfoStep,
        name,
        "the device is not a PCI function whose bus or slot can be reset",
        "Reset it alone, if it can be (VfioDevice.CanReset)",
        errno);
}
