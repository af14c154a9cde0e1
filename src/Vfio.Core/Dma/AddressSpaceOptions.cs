using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>How an address space is made.</summary>
public sealed record AddressSpaceOptions
{
    /// <summary>
    /// The back end to use. By default what the environment variable <c>VFIO_BACKEND</c> says, and otherwise the best that the host
    /// has: iommufd, then the container.
    /// </summary>
    public VfioBackend? Backend { get; init; }

    /// <summary>
    /// Makes an address space for devices without an IOMMU. <b>Nothing isolates such a device: it, and whoever controls it, can read
    /// and write all of the machine's memory</b>, so the process needs <c>CAP_SYS_RAWIO</c>, and the kernel counts itself as tainted.
    /// </summary>
    /// <remarks>
    /// The addresses of mappings are then physical ones: they cannot be chosen, memory is mapped only where its pages lie together,
    /// and mappings end with the last device. It takes iommufd (<c>IOMMU_IOAS_NOIOMMU_GET_PA</c>); a container without an IOMMU
    /// (<see cref="VfioBackend.NoIommu"/>) gives registers and interrupts, and refuses to map.
    /// </remarks>
    public bool AllowUnsafeNoIommu { get; init; }

    /// <summary>
    /// The open <c>/dev/iommu</c> or <c>/dev/vfio/vfio</c> to use, for a process that was handed one and may not open it itself.
    /// It is duplicated; the caller keeps, and closes, its own.
    /// </summary>
    public SafeHandle? Node { get; init; }

    /// <summary>
    /// Whether the IOMMU may map with pages larger than the smallest (<c>IOMMU_OPTION_HUGE_PAGES</c>). Iommufd only: a container
    /// refuses false, because its switch is a parameter of the kernel's module.
    /// </summary>
    public bool LargePages { get; init; } = true;

    /// <summary>What pinned memory is counted against (<c>IOMMU_OPTION_RLIMIT_MODE</c>).</summary>
    /// <remarks>
    /// Containers count in one way, and refuse the other. With iommufd, anything but
    /// <see cref="MemoryAccounting.Default"/> needs <c>CAP_SYS_RESOURCE</c>, and keeps the address space apart from others: devices
    /// do not move between address spaces that count differently.
    /// </remarks>
    public MemoryAccounting Accounting { get; init; }
}
