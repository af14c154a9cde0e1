using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The features of a device, by the kernel's numbers (<c>VFIO_DEVICE_FEATURE_*</c> in <c>linux/vfio.h</c>).</summary>
public enum DeviceFeature
{
    /// <summary>The token of a physical function's virtual functions: <see cref="DeviceFeatures.SetToken"/>.</summary>
    PciVfToken = VFIO_DEVICE_FEATURE_PCI_VF_TOKEN,

    /// <summary>Which ways of migration the device has: <see cref="DeviceFeatures.GetMigration"/>.</summary>
    Migration = VFIO_DEVICE_FEATURE_MIGRATION,

    /// <summary>The state of a migration.</summary>
    MigrationDeviceState = VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,

    /// <summary>Low power until an access or the exit: <see cref="DevicePower.EnterLowPower"/>.</summary>
    LowPowerEntry = VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,

    /// <summary>Low power until the device is woken, which is told: <see cref="DevicePower.EnterLowPowerUntilWoken"/>.</summary>
    LowPowerEntryWithWakeup = VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,

    /// <summary>The end of low power: <see cref="DevicePower.ExitLowPower"/>.</summary>
    LowPowerExit = VFIO_DEVICE_FEATURE_LOW_POWER_EXIT,

    /// <summary>The device begins to log what it writes by DMA.</summary>
    DmaLoggingStart = VFIO_DEVICE_FEATURE_DMA_LOGGING_START,

    /// <summary>It ends to.</summary>
    DmaLoggingStop = VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP,

    /// <summary>What it has logged.</summary>
    DmaLoggingReport = VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT,

    /// <summary>How long the data of a migration will be, in bytes.</summary>
    MigrationDataSize = VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,

    /// <summary>Bus mastering of a device that has no command register: <see cref="DeviceFeatures.SetBusMaster"/>.</summary>
    BusMaster = VFIO_DEVICE_FEATURE_BUS_MASTER,

    /// <summary>A region as a DMA-BUF for other devices: <see cref="AddressSpace.MapRegion"/>.</summary>
    DmaBuf = VFIO_DEVICE_FEATURE_DMA_BUF,

    /// <summary>The newer numbers of a migration's first part.</summary>
    MigrationPrecopyInfo = VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2,

    /// <summary>An error of a device of an IBM Z.</summary>
    ZpciError = VFIO_DEVICE_FEATURE_ZPCI_ERROR,
}
