using Vfio.Native;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on a device's own node.</summary>
internal static class CdevErrors
{
    private const string AttachStep = nameof(VfioUapi.VFIO_DEVICE_ATTACH_IOMMUFD_PT);
    private const string BindStep = nameof(VfioUapi.VFIO_DEVICE_BIND_IOMMUFD);

    public static VfioException Open(string path, HostDevice device, int errno) => errno switch
    {
        ENOENT or ENXIO or ENODEV => new(
            VfioErrorKind.NodeMissing,
            "open",
            path,
            $"the node of {device.Name} is missing although the device has one in sysfs, or the device is just leaving",
            "In a container, pass the node in; elsewhere look whether udev or devtmpfs makes nodes below /dev/vfio/devices",
            errno),
        EPERM when device.IsNoIommu => NodeErrors.NoRawIo(path, errno),
        EACCES or EPERM => NodeErrors.Permission(path, errno),
        EBADF => NodeErrors.Passed(path, errno),
        _ => NodeErrors.Other(path, errno),
    };

    public static VfioException Bind(string name, HostDevice device, SysfsPci pci, bool hasToken, int errno) => errno switch
    {
        EBUSY when device.Group is { } id && new GroupFacts(pci, id) is var facts && facts.Blockers().Count > 0
            => GroupErrors.NotViable(name, facts, BindStep, errno),
        EBUSY => Busy(name, errno),

        // So the kernel says that somebody else has bound it.
        EINVAL when !hasToken => Busy(name, errno),
        EINVAL => DeviceErrors.UselessToken(name, BindStep, errno),
        EACCES => DeviceErrors.Token(name, BindStep, hasToken, errno),
        EBADF or EBADFD => new(
            VfioErrorKind.Refused,
            BindStep,
            name,
            "the descriptor that the device was to be bound to is none of iommufd's",
            "Pass an open /dev/iommu in AddressSpaceOptions.Node",
            errno),
        EPERM => Ownership(name, device, pci, errno),
        ENODEV => new(
            VfioErrorKind.NotBoundToVfio,
            BindStep,
            name,
            "the device is just leaving its VFIO driver, or its IOMMU cannot keep memory coherent",
            "Look whether it is still bound; the kernel log may name the reason",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            BindStep,
            name,
            "the device could not be bound to the iommufd",
            "The kernel log may name the reason; a device that is in D3cold or gone from the bus cannot be opened",
            errno),
    };

    public static VfioException Attach(string name, string path, uint? pasid, int errno) => errno switch
    {
        ENOENT => new(
            VfioErrorKind.NoSuchObject,
            AttachStep,
            name,
            $"the device's iommufd {path} has no such address space or page table",
            "Use address spaces of the iommufd that the device is bound to",
            errno),
        EOPNOTSUPP or ENOTTY when pasid is not null => new(
            VfioErrorKind.NotSupported,
            AttachStep,
            name,
            "neither this kernel nor the device has process address space ids",
            "Do without, or look at VfioDevice.GetIommuInfo().PasidBits",
            errno),
        EADDRINUSE or EINVAL when pasid is null => new(
            VfioErrorKind.Refused,
            AttachStep,
            name,
            "the address space and the device do not go together: a live mapping may lie where the device reserves addresses, or the "
                + "group's other devices are attached elsewhere",
            "Give the device an address space of its own, or unmap what lies outside of the ranges that it leaves",
            errno),
        EINVAL => new(
            VfioErrorKind.NotSupported,
            AttachStep,
            name,
            $"the device cannot use the process address space id {pasid}",
            "Use ids below two to the power of VfioDevice.GetIommuInfo().PasidBits, on a device whose IOMMU has them",
            errno),
        EPERM => new(
            VfioErrorKind.UnsafeInterrupts,
            AttachStep,
            name,
            "the platform cannot isolate message signalled interrupts, so the device could forge the interrupts of another",
            "Switch interrupt remapping on in the firmware and take 'intremap=off' from the kernel command line; only on "
                + "a machine where every device's user is trusted, load iommufd with allow_unsafe_interrupts=1",
            errno),
        ENOMEM => new(
            VfioErrorKind.OutOfMemory, AttachStep, name, "what is mapped could not be pinned for the device: memory, or the limit of locked memory, is exhausted", "Raise the limit ('ulimit -l'), free memory, or map less", errno),
        _ => new(
            VfioErrorKind.Refused,
            AttachStep,
            name,
            "the device could not be attached to the address space",
            "Give the device an address space of its own; the kernel log may name the reason",
            errno),
    };

    public static VfioException Detach(string name, string path, int errno) => new(
        VfioErrorKind.Refused,
        nameof(VfioUapi.VFIO_DEVICE_DETACH_IOMMUFD_PT),
        name,
        $"the kernel would not take the device out of the address space {path}",
        "Close the device, which does so too",
        errno);

    public static VfioException NoSuchPasid(string name, uint pasid) => new(
        VfioErrorKind.NoSuchObject,
        nameof(VfioUapi.VFIO_DEVICE_DETACH_IOMMUFD_PT),
        name,
        $"the process address space id {pasid} is attached to nothing",
        "Detach what was attached, once");

    public static VfioException UnknownId(string name) => new(
        VfioErrorKind.NotSupported,
        BindStep,
        name,
        "another process bound the device, and its number in the iommufd was told only to that one",
        "Ask there, or pass the device's node before it is bound");

    public static VfioException GroupShared(string name, string unit) => new(
        VfioErrorKind.NotSupported,
        AttachStep,
        name,
        $"other devices of its IOMMU group {unit} are open, and the group translates as one: they would be moved along",
        "Close them first, or open them all with the new address space");

    private static VfioException Busy(string name, int errno) => new(
        VfioErrorKind.GroupBusy,
        BindStep,
        name,
        "the device, or its group, is open already, and only one process at a time may hold it",
        "Find the process with 'fuser -v /dev/vfio/* /dev/vfio/devices/*' and end it; if there is none, the platform may not keep DMA coherent",
        errno);

    private static VfioException Ownership(string name, HostDevice device, SysfsPci pci, int errno)
    {
        if (device.Group is not { } id)
        {
            return NodeErrors.NoRawIo(name, errno);
        }

        var facts = new GroupFacts(pci, id);
        return facts.HasFirmwareReservedDma ? GroupErrors.FirmwareReserved(name, facts, BindStep, errno)
            : facts.Blockers().Count > 0 ? GroupErrors.NotViable(name, facts, BindStep, errno)
            : new VfioException(
                VfioErrorKind.UnsafeInterrupts,
                BindStep,
                name,
                "the kernel will not give the group's DMA away: its interrupts are not isolated, or something else in the kernel owns it",
                "Switch interrupt remapping on in the firmware and on the kernel command line; only on a machine where every device's user is "
                    + "trusted, load iommufd with allow_unsafe_interrupts=1",
                errno);
    }
}
