using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on a container.</summary>
internal static class ContainerErrors
{
    public static VfioException Open(string path, int errno) => errno switch
    {
        ENOENT or ENODEV or ENXIO => new(
            VfioErrorKind.NoVfio,
            "open",
            path,
            "this kernel has no VFIO container, or its module is not loaded",
            "Run 'modprobe vfio-pci' (and 'modprobe vfio_iommu_type1'); if that fails the kernel was built without "
                + "CONFIG_VFIO and CONFIG_VFIO_CONTAINER",
            errno),
        EACCES or EPERM => NodeErrors.Permission(path, errno),
        EBADF => NodeErrors.Passed(path, errno),
        _ => NodeErrors.Other(path, errno),
    };

    public static VfioException ApiVersion(string path, int version) => new(
        VfioErrorKind.NoVfio,
        "VFIO_GET_API_VERSION",
        path,
        version < 0 ? "this node is not a VFIO container" : $"the kernel speaks version {version} of the VFIO API, and this library version 0",
        "Check what the node is, and use a kernel that speaks version 0, as all have so far",
        version < 0 ? -version : 0);

    public static VfioException NoModel(string path, IReadOnlyList<ContainerModel> wanted) => new(
        VfioErrorKind.NoIommuModel,
        "VFIO_CHECK_EXTENSION",
        path,
        $"the container does not offer {string.Join(" or ", wanted)}",
        "Run 'modprobe vfio_iommu_type1'; if that fails the kernel was built without CONFIG_VFIO_IOMMU_TYPE1. Or leave the back end to "
            + "the library");

    /// <summary>A container without an IOMMU keeps nothing, and tells no addresses.</summary>
    public static VfioException NothingToMapInto(string path, string step) => new(
        VfioErrorKind.NotSupported,
        step,
        path,
        "a container without an IOMMU maps nothing: the kernel neither pins memory for the device nor tells where it lies",
        "Open the device with iommufd (Linux 7.3 or newer), which does both for devices without an IOMMU");

    public static VfioException SetModel(string path, ContainerModel model, GroupFacts group, int errno) => errno switch
    {
        EPERM or EINVAL when group.HasFirmwareReservedDma => GroupErrors.FirmwareReserved(path, group, "VFIO_SET_IOMMU", errno),
        EPERM => new(
            VfioErrorKind.UnsafeInterrupts,
            "VFIO_SET_IOMMU",
            path,
            "the platform cannot isolate message signalled interrupts, so a device could forge the interrupts of another",
            "Switch interrupt remapping on in the firmware and take 'intremap=off' from the kernel command line; only on "
                + "a machine where every device's user is trusted, load vfio_iommu_type1 with allow_unsafe_interrupts=1",
            errno),
        ENODEV => new(
            VfioErrorKind.NoIommuModel,
            "VFIO_SET_IOMMU",
            path,
            $"the kernel has no {model} model for the group's IOMMU",
            "Run 'modprobe vfio_iommu_type1' and check that the IOMMU is switched on",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            "VFIO_SET_IOMMU",
            path,
            $"the kernel refused the {model} model",
            "The kernel log may name the reason",
            errno),
    };

    public static VfioException Info(string path, int errno) => new(
        VfioErrorKind.Refused,
        "VFIO_IOMMU_GET_INFO",
        path,
        "the kernel would not describe the address space",
        "Attach a device first; a container without one has no IOMMU",
        errno);
}
