using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>How a device is opened.</summary>
public sealed record VfioDeviceOptions
{
    /// <summary>
    /// The address space that the device joins. By default that of its group where this process has the group open
    /// already, and a new one otherwise.
    /// </summary>
    public AddressSpace? AddressSpace { get; init; }

    /// <summary>
    /// The back end of a new address space. By default what the environment variable <c>VFIO_BACKEND</c> says, and otherwise the best
    /// that the host has: iommufd where the device has a node of its own, else the container.
    /// </summary>
    public VfioBackend? Backend { get; init; }

    /// <summary>
    /// Opens the device also where no IOMMU stands between it and memory. <b>Nothing isolates such a device: it, and whoever controls
    /// it, can read and write all of the machine's memory</b>, so the process needs <c>CAP_SYS_RAWIO</c>, and the kernel counts itself
    /// as tainted. See <see cref="AddressSpaceOptions.AllowUnsafeNoIommu"/>.
    /// </summary>
    public bool AllowUnsafeNoIommu { get; init; }

    /// <summary>
    /// The token that a virtual function is opened with while its physical function is in user space, and that a physical function
    /// sets for its virtual ones (<c>vf_token=</c>, or <c>VFIO_DEVICE_BIND_FLAG_TOKEN</c>).
    /// </summary>
    public Guid? Token { get; init; }

    /// <summary>
    /// A descriptor that another process, or a service manager, has opened, for a process that may not open the nodes itself: the
    /// device's own node (<c>/dev/vfio/devices/vfioN</c>, <c>noiommu-vfioN</c>), the node of its group (<c>/dev/vfio/N</c>), or the device itself as it came out of
    /// <c>VFIO_GROUP_GET_DEVICE_FD</c> or after <c>VFIO_DEVICE_BIND_IOMMUFD</c>. It is duplicated; the caller keeps, and closes, its own.
    /// </summary>
    /// <remarks>
    /// A device that is open already is taken as it is, with registers and interrupts; <see cref="VfioDevice.Dma"/> throws. For its DMA name an
    /// address space that was made from the container that its opener put the group into (<see cref="AddressSpaceOptions.Node"/>), or from
    /// the iommufd that its opener bound it to: it is then moved to that address space. No other iommufd will do.
    /// </remarks>
    public SafeHandle? Node { get; init; }

    /// <summary>
    /// How long after the kernel's request for the device (<see cref="DeviceLifetime.RemovalRequested"/>) the library releases it, if its user
    /// has not disposed it: 5 seconds by default, zero for at once, <see cref="Timeout.InfiniteTimeSpan"/> for never. Whoever unbinds the
    /// driver waits until then.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or longer than 24 days.</exception>
    public TimeSpan RemovalGracePeriod
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value.TotalMilliseconds, int.MaxValue, nameof(value));
            }

            field = value;
        }
    } = TimeSpan.FromSeconds(5);
}
