namespace Vfio.Core;

/// <summary>What went wrong, for code that decides by it; the message of the exception is for people.</summary>
public enum VfioErrorKind
{
    /// <summary>The kernel refused, and no more specific kind fits. The step and the errno tell more.</summary>
    Refused,

    /// <summary>The kernel has no VFIO, or its module is not loaded.</summary>
    NoVfio,

    /// <summary>The machine has no PCI function at this address.</summary>
    NoSuchDevice,

    /// <summary>A device node that should be there is missing.</summary>
    NodeMissing,

    /// <summary>The process may not open a node, or may not write a file of sysfs.</summary>
    PermissionDenied,

    /// <summary>The function belongs to no IOMMU group: there is no IOMMU, or it is switched off.</summary>
    NoIommu,

    /// <summary>The group exists only because of no-IOMMU mode, and gives no isolation.</summary>
    NoIsolation,

    /// <summary>The container offers no IOMMU model that this library knows.</summary>
    NoIommuModel,

    /// <summary>The function is bound to no driver, or to one that is not a VFIO driver.</summary>
    NotBoundToVfio,

    /// <summary>Another member of the group is in the hands of a driver of the host.</summary>
    GroupNotViable,

    /// <summary>The group, or the device, is already open elsewhere.</summary>
    GroupBusy,

    /// <summary>The platform cannot isolate message signalled interrupts.</summary>
    UnsafeInterrupts,

    /// <summary>The firmware keeps DMA of its own to the device, and the kernel will not give it away.</summary>
    FirmwareReservedDma,

    /// <summary>A virtual function needs the token of its physical function.</summary>
    TokenRequired,

    /// <summary>Pinning the memory would exceed the limit of locked memory.</summary>
    MemoryLockLimit,

    /// <summary>There is not enough memory, or no huge page of the size is free.</summary>
    OutOfMemory,

    /// <summary>The number of live mappings has reached the kernel's limit.</summary>
    MappingLimit,

    /// <summary>The range overlaps a live mapping.</summary>
    OverlappingMapping,

    /// <summary>The range lies outside what the IOMMU can address.</summary>
    IovaOutOfRange,

    /// <summary>No free range of the size is left below the wanted limit.</summary>
    IovaExhausted,

    /// <summary>All blocks of a pool are rented.</summary>
    PoolExhausted,

    /// <summary>The kernel unmapped another amount than was mapped.</summary>
    UnmapMismatch,

    /// <summary>The kernel has no object by the number, or in the place, that was meant.</summary>
    NoSuchObject,

    /// <summary>The device, the kernel or the back end lacks what was asked for; nothing was changed.</summary>
    NotSupported,

    /// <summary>A driver could not be bound, or not brought back.</summary>
    BindFailed,

    /// <summary>Something else in the kernel has the device's lock; the same call may go through later.</summary>
    DeviceBusy,

    /// <summary>A hot reset would hit functions that this process does not own.</summary>
    ResetSetNotOwned,

    /// <summary>
    /// The device does not answer: it did not come back from a reset, or its registers were accessed while memory accesses were off, or it
    /// was in reset or in low power. It may answer again.
    /// </summary>
    DeviceUnreachable,

    /// <summary>The host uses the device for something that it should not lose unasked; nothing was changed.</summary>
    InUse,

    /// <summary>The device was taken away: it was unplugged, or its driver was unbound and the time to let it go is over. Open it anew when it is back.</summary>
    DeviceGone,
}
