using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on opening a node.</summary>
internal static class NodeErrors
{
    public static VfioException Permission(string path, int errno) => new(
        VfioErrorKind.PermissionDenied,
        "open",
        path,
        errno == EACCES ? "this user may not open the node" : "a device cgroup or security module keeps the process from the node",
        errno == EACCES
            ? $"Run as root, or give the user the node: 'chown $USER {path}', or a udev rule for it"
            : "Allow the node in the container's or the service's device list",
        errno);

    /// <summary>A node of a device without an IOMMU.</summary>
    public static VfioException NoRawIo(string path, int errno) => new(
        VfioErrorKind.PermissionDenied,
        "open",
        path,
        "a device without an IOMMU reaches all memory, and this process may not",
        "Run as root, or with CAP_SYS_RAWIO",
        errno);

    /// <summary>A descriptor that was passed in, and is none.</summary>
    public static VfioException Passed(string path, int errno) => new(
        VfioErrorKind.Refused,
        "dup",
        path,
        "the descriptor that was passed in is not open",
        "Pass one that is open, and keep it open until the call returns",
        errno);

    public static VfioException Other(string path, int errno) => errno switch
    {
        EMFILE or ENFILE => new(
            VfioErrorKind.Refused,
            "open",
            path,
            "the limit of open files is reached",
            "Raise it with 'ulimit -n', or look for descriptors that are not closed",
            errno),
        _ => new(VfioErrorKind.Refused, "open", path, "the node could not be opened", "The kernel log may name the reason", errno),
    };
}
