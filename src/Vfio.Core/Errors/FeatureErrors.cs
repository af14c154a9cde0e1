using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on the features of a device.</summary>
internal static class FeatureErrors
{
    public static VfioException NoFeatures(string name) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_FEATURE",
        name,
        "the device is not reached through the kernel's VFIO, and has no features",
        "Do without, or open the device by the kernel's VFIO");

    public static VfioException Refused(string name, DeviceFeature feature, FeatureOperations operation, int errno) => errno switch
    {
        ENOTTY or EOPNOTSUPP => new(
            VfioErrorKind.NotSupported, Step(feature), name, $"the device does not have the feature {Word(feature)}", Instead(feature), errno),
        EINVAL when feature is DeviceFeature.LowPowerEntry or DeviceFeature.LowPowerEntryWithWakeup => new(
            VfioErrorKind.Refused,
            Step(feature),
            name,
            "the device is in low power already, or the kernel has no such state for it",
            "Leave it first (DevicePower.ExitLowPower)",
            errno),
        EINVAL => new(
            VfioErrorKind.NotSupported,
            Step(feature),
            name,
            $"the feature {Word(feature)} cannot be {(operation.HasFlag(FeatureOperations.Set) ? "set" : "got")}, or not with this data",
            "Ask DeviceFeatures.GetSupport, and hand over the struct that linux/vfio.h has for it",
            errno),
        EBUSY => new(
            VfioErrorKind.DeviceBusy,
            Step(feature),
            name,
            $"the device is in a state in which the feature {Word(feature)} is not to be had",
            "End what is under way first, such as a migration or logging of DMA",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            Step(feature),
            name,
            $"the kernel refused the feature {Word(feature)}",
            "The kernel log may name the reason; a device that cannot be woken answers so too",
            errno),
    };

    private static string Step(DeviceFeature feature) => feature switch
    {
        DeviceFeature.PciVfToken => "VFIO_DEVICE_FEATURE_PCI_VF_TOKEN",
        DeviceFeature.Migration => "VFIO_DEVICE_FEATURE_MIGRATION",
        DeviceFeature.MigrationDeviceState => "VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE",
        DeviceFeature.LowPowerEntry => "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY",
        DeviceFeature.LowPowerEntryWithWakeup => "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP",
        DeviceFeature.LowPowerExit => "VFIO_DEVICE_FEATURE_LOW_POWER_EXIT",
        DeviceFeature.DmaLoggingStart => "VFIO_DEVICE_FEATURE_DMA_LOGGING_START",
        DeviceFeature.DmaLoggingStop => "VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP",
        DeviceFeature.DmaLoggingReport => "VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT",
        DeviceFeature.MigrationDataSize => "VFIO_DEVICE_FEATURE_MIG_DATA_SIZE",
        DeviceFeature.BusMaster => "VFIO_DEVICE_FEATURE_BUS_MASTER",
        DeviceFeature.DmaBuf => "VFIO_DEVICE_FEATURE_DMA_BUF",
        DeviceFeature.MigrationPrecopyInfo => "VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2",
        DeviceFeature.ZpciError => "VFIO_DEVICE_FEATURE_ZPCI_ERROR",
        _ => $"VFIO_DEVICE_FEATURE {(int)feature}",
    };

    private static string Word(DeviceFeature feature) => feature.ToString();

    private static string Instead(DeviceFeature feature) => feature switch
    {
        DeviceFeature.PciVfToken => "Only a physical function with SR-IOV on vfio-pci has a token to set",
        DeviceFeature.BusMaster => "Set and clear PciCommand.BusMaster in PciConfigSpace.Command",
        DeviceFeature.DmaBuf => "Use Linux 7.0 or newer with CONFIG_PCI_P2PDMA, or a container (VFIO_BACKEND=type1)",
        DeviceFeature.LowPowerEntry or DeviceFeature.LowPowerEntryWithWakeup or DeviceFeature.LowPowerExit
            => "Use vfio-pci of Linux 6.1 or newer; D3hot can be set by DevicePower.SetState",
        DeviceFeature.Migration or DeviceFeature.MigrationDeviceState or DeviceFeature.MigrationDataSize or DeviceFeature.MigrationPrecopyInfo
            => "Only variant drivers, such as mlx5_vfio_pci, and some mediated devices migrate",
        _ => "Do without: another driver, a newer kernel or another device may have it",
    };
}
