using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// What this library asks of the kernel: one method per ioctl or system call, and nothing decided here.
/// </summary>
/// <remarks>
/// Every method answers as the kernel does inside: zero or more on success, the negated errno otherwise. Calls that
/// a signal interrupted have been repeated. Tests put another implementation here to take the error paths that no
/// device can be made to take.
/// </remarks>
internal unsafe interface IVfioKernel : IIommufdCalls
{
    int Open(string path, int flags);

    int Close(int fd);

    /// <summary>Makes another descriptor of the same open file, closed on exec.</summary>
    int Duplicate(int fd);

    /// <summary>Sets whether a program that this process starts loses the descriptor (<c>FD_CLOEXEC</c>).</summary>
    int SetCloseOnExec(int fd, bool isClosed);

    int GetApiVersion(int container);

    int CheckExtension(int container, uint extension);

    int SetIommu(int container, uint type);

    int GetIommuInfo(int container, vfio_iommu_type1_info* info);

    int MapDma(int container, vfio_iommu_type1_dma_map* map);

    int UnmapDma(int container, vfio_iommu_type1_dma_unmap* unmap);

    int GetGroupStatus(int group, vfio_group_status* status);

    int SetContainer(int group, int container);

    int UnsetContainer(int group);

    int GetDeviceFd(int group, string name);

    int GetDeviceInfo(int device, vfio_device_info* info);

    int GetRegionInfo(int device, vfio_region_info* info);

    int GetIrqInfo(int device, vfio_irq_info* info);

    int SetIrqs(int device, vfio_irq_set* set);

    int SetIoEventFd(int device, vfio_device_ioeventfd* ioeventfd);

    int ResetDevice(int device);

    int GetHotResetInfo(int device, vfio_pci_hot_reset_info* info);

    int HotReset(int device, vfio_pci_hot_reset* reset);

    int DeviceFeature(int device, vfio_device_feature* feature);

    long ReadAt(int fd, void* destination, nuint count, long offset);

    long WriteAt(int fd, void* source, nuint count, long offset);

    /// <summary>Maps memory; <paramref name="address"/> receives where.</summary>
    int MapMemory(void* hint, nuint length, int protection, int flags, int fd, long offset, out nint address);

    int UnmapMemory(nint address, nuint length);

    /// <summary>Makes a file of memory (<c>memfd_create</c>); of the given flags, closed on exec is always one.</summary>
    int CreateMemoryFile(uint flags);

    int SetFileLength(int fd, long length);

    int Advise(nint address, nuint length, int advice);

    /// <summary>How much memory the process may lock, as far as the kernel tells.</summary>
    MemoryLock GetMemoryLock();

    /// <summary>Makes a counter that blocks whoever reads it while it is zero.</summary>
    int CreateEventFd();

    /// <summary>Takes the counter of an eventfd, or EAGAIN where it is zero.</summary>
    int ReadEventFd(int fd, out ulong count);

    /// <summary>Takes the counter of an eventfd as soon as it is not zero, without a time limit.</summary>
    int WaitEventFd(int fd, out ulong count);

    int WriteEventFd(int fd, ulong value);

    /// <summary>Reads whole records of a queue: how many bytes, zero where it has none.</summary>
    long ReadQueue(int fd, void* destination, nuint count);

    long WriteQueue(int fd, void* source, nuint count);

    /// <summary>Waits until the descriptor can be read: 1 when it can, 0 when the time is over, EINTR not repeated.</summary>
    int PollRead(int fd, int timeoutMilliseconds);

    int CreateEpoll();

    int ControlEpoll(int epoll, int operation, int fd, uint events, ulong data);

    /// <summary>Waits for events without a time limit.</summary>
    int WaitEpoll(int epoll, epoll_event* events, int capacity);
}
