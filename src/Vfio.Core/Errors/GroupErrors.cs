using System.Globalization;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on a group.</summary>
internal static class GroupErrors
{
    public static VfioException Open(string path, int id, HostDevice device, int errno) => errno switch
    {
        ENOENT or ENXIO or ENODEV => new(
            VfioErrorKind.NodeMissing,
            "open",
            path,
            $"the node of IOMMU group {id} is missing although {device.Name} is bound to a VFIO driver",
            "In a container, pass the node in; elsewhere look whether udev or devtmpfs makes nodes below /dev/vfio, and "
                + "whether the kernel was built with CONFIG_VFIO_GROUP",
            errno),
        EPERM when device.IsNoIommu => NodeErrors.NoRawIo(path, errno),
        EACCES or EPERM => NodeErrors.Permission(path, errno),
        EBADF => NodeErrors.Passed(path, errno),
        EBUSY => new(
            VfioErrorKind.GroupBusy,
            "open",
            path,
            $"IOMMU group {id} is open already, and only one process at a time may hold it",
            $"Find the process with 'fuser -v {path} /dev/vfio/devices/*' and end it",
            errno),
        _ => NodeErrors.Other(path, errno),
    };

    /// <summary>The group is owned for another address space than the one that was named.</summary>
    public static VfioException OtherSpace(string unit) => new(
        VfioErrorKind.GroupBusy,
        "open",
        $"IOMMU group {unit}",
        "this process already has the group in another address space, and a group is in one only",
        "Open the device with the address space of the device that is already open, or without naming one");

    public static VfioException Status(string path, int errno) => new(
        VfioErrorKind.Refused,
        "VFIO_GROUP_GET_STATUS",
        path,
        "the node does not answer as a VFIO group",
        "Check what the node is",
        errno);

    public static VfioException NotViable(string path, GroupFacts group, string step, int errno)
    {
        IReadOnlyList<GroupBlocker> blockers = group.Blockers();
        return new(
            VfioErrorKind.GroupNotViable,
            step,
            path,
            $"IOMMU group {group.Id} is not viable: {Name(blockers)}",
            Remedy(blockers),
            errno);
    }

    public static VfioException FirmwareReserved(string path, GroupFacts group, string step, int errno) => new(
        VfioErrorKind.FirmwareReservedDma,
        step,
        path,
        $"the firmware keeps DMA of its own to IOMMU group {group.Id} (a region of kind 'direct' in reserved_regions)",
        "Look for a firmware setting or update that ends it; the kernel gives such a device to nobody",
        errno);

    public static VfioException SetContainer(string path, GroupFacts group, bool first, int errno) => errno switch
    {
        EPERM or EINVAL when group.HasFirmwareReservedDma => FirmwareReserved(path, group, "VFIO_GROUP_SET_CONTAINER", errno),
        EPERM when first || group.Blockers().Count > 0 => NotViable(path, group, "VFIO_GROUP_SET_CONTAINER", errno),
        EPERM => new(
            VfioErrorKind.UnsafeInterrupts,
            "VFIO_GROUP_SET_CONTAINER",
            path,
            $"the kernel will not put group {group.Id} beside the groups that are in the container: its interrupts are not isolated",
            "Switch interrupt remapping on in the firmware and on the kernel command line",
            errno),
        EBUSY => new(
            VfioErrorKind.GroupBusy,
            "VFIO_GROUP_SET_CONTAINER",
            path,
            $"IOMMU group {group.Id} is owned by something else in the kernel",
            "Close what has the group, or a device of it, open; a cdev under /dev/vfio/devices counts too",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            "VFIO_GROUP_SET_CONTAINER",
            path,
            first
                ? $"the kernel will not put group {group.Id} into the container"
                : $"the kernel will not put group {group.Id} beside the groups that are in the container; their IOMMUs may differ, "
                    + "or a live mapping may lie where this one cannot map",
            first ? "The kernel log may name the reason" : "Open the device with an address space of its own",
            errno),
    };

    private static string Name(IReadOnlyList<GroupBlocker> blockers) => blockers.Count == 0
        ? "a member that sysfs does not name is in the hands of the host"
        : string.Join(
            " and ",
            blockers.Select(static b => string.Create(
                CultureInfo.InvariantCulture, $"{b.Address} is bound to the host's driver {b.Driver}")));

    private static string Remedy(IReadOnlyList<GroupBlocker> blockers)
    {
        if (blockers.Count == 0)
        {
            return "Unbind the group's other members from the host's drivers";
        }

        string members = string.Join(" and ", blockers.Select(static blocker => blocker.Address.ToString()));
        return blockers[0].IsBridge
            ? $"Unbind {members} from the driver; a bridge itself cannot be bound to vfio-pci, and need not be"
            : $"Bind {members} to vfio-pci too, or unbind from the driver; the whole group goes to one owner";
    }
}
