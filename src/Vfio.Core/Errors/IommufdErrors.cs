using Vfio.Native;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on iommufd and its objects.</summary>
internal static class IommufdErrors
{
    public static VfioException Open(string path, int errno) => errno switch
    {
        ENOENT or ENODEV or ENXIO => new(
            VfioErrorKind.NoVfio,
            "open",
            path,
            "this kernel has no iommufd, or its module is not loaded",
            "Run 'modprobe iommufd'; where the kernel was built without CONFIG_IOMMUFD use the container's back end (VFIO_BACKEND=type1)",
            errno),
        EACCES or EPERM => NodeErrors.Permission(path, errno),
        EBADF => NodeErrors.Passed(path, errno),
        _ => NodeErrors.Other(path, errno),
    };

    public static VfioException Option(string path, iommufd_option option, int errno) => errno switch
    {
        EPERM => new(
            VfioErrorKind.PermissionDenied,
            "IOMMU_OPTION",
            path,
            $"this process may not set {option}",
            "Give it CAP_SYS_RESOURCE, or leave MemoryAccounting at its default",
            errno),
        EBUSY => new(
            VfioErrorKind.Refused,
            "IOMMU_OPTION",
            path,
            $"{option} is set before anything is made with the descriptor, and something was",
            "Pass a descriptor that nobody has used yet, or leave the option at its default",
            errno),
        _ => new(VfioErrorKind.Refused, "IOMMU_OPTION", path, $"the kernel would not set {option}", "Leave the option at its default", errno),
    };

    /// <summary>An object could not be made.</summary>
    public static VfioException Allocate(string path, string step, string what, int errno) => errno switch
    {
        EOPNOTSUPP or ENOTTY => new(
            VfioErrorKind.NotSupported,
            step,
            path,
            $"neither this kernel nor the device's IOMMU offers {what}",
            "Do without it, or use a kernel and an IOMMU that have it",
            errno),
        ENOENT => new(
            VfioErrorKind.Refused,
            step,
            path,
            $"{what} was to be made of an object that this iommufd does not have",
            "Use objects of the same iommufd: address spaces of one process, with the same accounting, share theirs",
            errno),
        ENOMEM => new(VfioErrorKind.OutOfMemory, step, path, $"the kernel had no memory for {what}", "Free memory", errno),
        _ => new(VfioErrorKind.Refused, step, path, $"the kernel would not make {what}", "The kernel log may name the reason", errno),
    };

    public static VfioException Query(string path, string step, string what, int errno) => new(
        errno is EOPNOTSUPP or ENOTTY ? VfioErrorKind.NotSupported : VfioErrorKind.Refused,
        step,
        path,
        $"the kernel would not tell {what}",
        errno is EOPNOTSUPP or ENOTTY ? "Do without it, or use a newer kernel" : "The kernel log may name the reason",
        errno);

    public static VfioException AllowIovas(string path, int errno) => errno switch
    {
        EADDRINUSE => new(
            VfioErrorKind.IovaOutOfRange,
            "IOMMU_IOAS_ALLOW_IOVAS",
            path,
            "an attached device reserves part of these ranges",
            "Allow ranges that lie within AddressSpace.Ranges",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            "IOMMU_IOAS_ALLOW_IOVAS",
            path,
            "the kernel would not take the ranges",
            "Give ranges of at least two bytes that do not overlap",
            errno),
    };

    public static VfioException ChangeProcess(string path, int errno) => errno switch
    {
        EINVAL => new(
            VfioErrorKind.NotSupported,
            "IOMMU_IOAS_CHANGE_PROCESS",
            path,
            "a mapping is of memory that has no file, and such memory stays with the process that mapped it",
            "Map files only (MapFile, or buffers with DmaBufferOptions.IsFile) in every address space of the iommufd",
            errno),
        ENOTTY => new(
            VfioErrorKind.NotSupported,
            "IOMMU_IOAS_CHANGE_PROCESS",
            path,
            "the kernel is older than Linux 6.14",
            "Use a newer kernel, or map anew",
            errno),
        ENOMEM => new(
            VfioErrorKind.MemoryLockLimit,
            "IOMMU_IOAS_CHANGE_PROCESS",
            path,
            "the pinned memory exceeds this process's limit of locked memory",
            "Raise the limit ('ulimit -l', or 'prlimit --memlock')",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            "IOMMU_IOAS_CHANGE_PROCESS",
            path,
            "the kernel would not charge this process",
            "Try again once no other thread maps or unmaps",
            errno),
    };

    public static VfioException PhysicalAddress(string path, Iova iova, int errno) => errno switch
    {
        EPERM => new(
            VfioErrorKind.PermissionDenied,
            "IOMMU_IOAS_NOIOMMU_GET_PA",
            path,
            "only a process that may reach all memory anyway is told physical addresses",
            "Run as root, or with CAP_SYS_RAWIO",
            errno),
        ENOTTY or EOPNOTSUPP => new(
            VfioErrorKind.NotSupported,
            "IOMMU_IOAS_NOIOMMU_GET_PA",
            path,
            "the kernel tells no physical addresses here",
            "Use Linux 7.3 or newer with CONFIG_VFIO_NOIOMMU and CONFIG_VFIO_DEVICE_CDEV, and a device without an IOMMU",
            errno),
        _ => new(
            VfioErrorKind.Refused,
            "IOMMU_IOAS_NOIOMMU_GET_PA",
            path,
            $"the kernel would not tell the physical address behind {iova}",
            "The kernel log may name the reason",
            errno),
    };
}
