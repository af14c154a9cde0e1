using Vfio.Native;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on fault queues.</summary>
internal static class FaultErrors
{
    public static VfioException Allocate(string path, int errno) => errno switch
    {
        EMFILE or ENFILE => new(
            VfioErrorKind.Refused,
            nameof(IommufdUapi.IOMMU_FAULT_QUEUE_ALLOC),
            path,
            "the limit of open files is reached",
            "Raise it with 'ulimit -n', or look for descriptors that are not closed",
            errno),
        _ => IommufdErrors.Allocate(path, nameof(IommufdUapi.IOMMU_FAULT_QUEUE_ALLOC), "a fault queue", errno),
    };

    public static VfioException Read(string path, int capacity, int errno) => errno switch
    {
        EINVAL => new(
            VfioErrorKind.Refused,
            "read",
            path,
            $"the next group has more than {capacity} faults, and groups are taken as a whole",
            "Read into more room; the group is still in the queue",
            errno),
        ENOMEM => new(
            VfioErrorKind.OutOfMemory, "read", path, "the kernel had no memory to note who waits for an answer", "Free memory", errno),
        _ => new(VfioErrorKind.Refused, "read", path, "the faults could not be read", "The kernel log may name the reason", errno),
    };

    public static VfioException Respond(string path, uint cookie, int errno) => errno switch
    {
        EINVAL => new(
            VfioErrorKind.NoSuchObject,
            "write",
            path,
            $"no group of faults waits for an answer by the cookie {cookie}",
            "Answer each group once, and while its device is attached; the kernel has answered for a device that left",
            errno),
        _ => new(VfioErrorKind.Refused, "write", path, "the answer could not be given", "The kernel log may name the reason", errno),
    };

    /// <summary>A device that cannot wait for an answer is attached where faults are handed out.</summary>
    public static VfioException Attach(string name, int errno) => new(
        VfioErrorKind.NotSupported,
        nameof(VfioUapi.VFIO_DEVICE_ATTACH_IOMMUFD_PT),
        name,
        "the page table hands page faults out, and the device or its IOMMU cannot wait for an answer",
        "Use a device with page requests (PCI PRI) behind an IOMMU that has them, or make the page table without a fault queue",
        errno);
}
