using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The kernel that this process runs on.</summary>
internal sealed unsafe partial class LinuxKernel : IVfioKernel
{
    public static LinuxKernel Instance { get; } = new();

    private LinuxKernel()
    {
    }

    public int Open(string path, int flags)
    {
        fixed (byte* name = Terminated(path))
        {
            int result;
            do
            {
                result = Result(Libc.open(name, flags, 0));
            }
            while (result == -Errno.EINTR);

            return result;
        }
    }

    // Linux closes the descriptor even when a signal interrupts close: repeating it could close another thread's.
    public int Close(int fd) => Result(Libc.close(fd));

    public int Duplicate(int fd) => Result(Libc.fcntl(fd, Libc.F_DUPFD_CLOEXEC, 0));

    public int SetCloseOnExec(int fd, bool isClosed) => Result(Libc.fcntl(fd, Libc.F_SETFD, isClosed ? Libc.FD_CLOEXEC : 0));

    public int GetApiVersion(int container) => Ioctl(container, VFIO_GET_API_VERSION, 0);

    public int CheckExtension(int container, uint extension) => Ioctl(container, VFIO_CHECK_EXTENSION, (nint)extension);

    public int SetIommu(int container, uint type) => Ioctl(container, VFIO_SET_IOMMU, (nint)type);

    public int GetIommuInfo(int container, vfio_iommu_type1_info* info) => Ioctl(container, VFIO_IOMMU_GET_INFO, info);

    public int MapDma(int container, vfio_iommu_type1_dma_map* map) => Ioctl(container, VFIO_IOMMU_MAP_DMA, map);

    public int UnmapDma(int container, vfio_iommu_type1_dma_unmap* unmap)
        => Ioctl(container, VFIO_IOMMU_UNMAP_DMA, unmap);

    public int GetGroupStatus(int group, vfio_group_status* status) => Ioctl(group, VFIO_GROUP_GET_STATUS, status);

    public int SetContainer(int group, int container) => Ioctl(group, VFIO_GROUP_SET_CONTAINER, &container);

    public int UnsetContainer(int group) => Ioctl(group, VFIO_GROUP_UNSET_CONTAINER, 0);

    public int GetDeviceFd(int group, string name)
    {
        fixed (byte* text = Terminated(name))
        {
            return Ioctl(group, VFIO_GROUP_GET_DEVICE_FD, text);
        }
    }

    public int GetDeviceInfo(int device, vfio_device_info* info) => Ioctl(device, VFIO_DEVICE_GET_INFO, info);

    public int GetRegionInfo(int device, vfio_region_info* info) => Ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info);

    public int GetIrqInfo(int device, vfio_irq_info* info) => Ioctl(device, VFIO_DEVICE_GET_IRQ_INFO, info);

    public int SetIrqs(int device, vfio_irq_set* set) => Ioctl(device, VFIO_DEVICE_SET_IRQS, set);

    public int SetIoEventFd(int device, vfio_device_ioeventfd* ioeventfd) => Ioctl(device, VFIO_DEVICE_IOEVENTFD, ioeventfd);

    public int ResetDevice(int device) => Ioctl(device, VFIO_DEVICE_RESET, 0);

    public int GetHotResetInfo(int device, vfio_pci_hot_reset_info* info) => Ioctl(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info);

    public int HotReset(int device, vfio_pci_hot_reset* reset) => Ioctl(device, VFIO_DEVICE_PCI_HOT_RESET, reset);

    public int DeviceFeature(int device, vfio_device_feature* feature) => Ioctl(device, VFIO_DEVICE_FEATURE, feature);

    public long ReadAt(int fd, void* destination, nuint count, long offset)
    {
        nint result;
        do
        {
            result = HotResult(HotCalls.ReadAt(fd, destination, count, offset));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    public long WriteAt(int fd, void* source, nuint count, long offset)
    {
        nint result;
        do
        {
            result = HotResult(HotCalls.WriteAt(fd, source, count, offset));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    public int MapMemory(void* hint, nuint length, int protection, int flags, int fd, long offset, out nint address)
    {
        address = (nint)Libc.mmap(hint, length, protection, flags, fd, offset);
        if (address != -1)
        {
            return 0;
        }

        address = 0;
        return -Marshal.GetLastPInvokeError();
    }

    public int UnmapMemory(nint address, nuint length) => Result(Libc.munmap((void*)address, length));

    public int CreateMemoryFile(uint flags)
    {
        fixed (byte* name = "vfio-dma\0"u8)
        {
            return Result(Libc.memfd_create(name, Libc.MFD_CLOEXEC | flags));
        }
    }

    public int SetFileLength(int fd, long length) => Result(Libc.ftruncate(fd, length));

    public int Advise(nint address, nuint length, int advice) => Result(Libc.madvise((void*)address, length, advice));

    public MemoryLock GetMemoryLock()
    {
        rlimit limit;
        bool limited = Libc.getrlimit(Libc.RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != Libc.RLIM_INFINITY;
        return new MemoryLock(limited ? limit.rlim_cur : null, ProcessStatus.LockedMemory, ProcessStatus.MayLockMemory);
    }

    public int CreateEventFd() => Result(Libc.eventfd(0, (int)Libc.EFD_CLOEXEC));

    // The descriptor blocks, so that a wait is one call; whoever does not want to wait says so here.
    public int ReadEventFd(int fd, out ulong count)
    {
        ulong value = 0;
        var vector = new IoVector((nint)(&value), sizeof(ulong));
        nint result;
        do
        {
            result = HotResult(HotCalls.ReadVector(fd, &vector, 1, -1, HotCalls.NoWait));
        }
        while (result == -Errno.EINTR);

        count = value;
        return result < 0 ? (int)result : 0;
    }

    public int WaitEventFd(int fd, out ulong count)
    {
        ulong value = 0;
        long result = ReadQueue(fd, &value, sizeof(ulong));
        count = value;
        return result < 0 ? (int)result : 0;
    }

    public int WriteEventFd(int fd, ulong value)
    {
        long result = WriteQueue(fd, &value, sizeof(ulong));
        return result < 0 ? (int)result : 0;
    }

    public long ReadQueue(int fd, void* destination, nuint count)
    {
        nint result;
        do
        {
            result = HotResult(HotCalls.Read(fd, destination, count));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    public long WriteQueue(int fd, void* source, nuint count)
    {
        nint result;
        do
        {
            result = HotResult(HotCalls.Write(fd, source, count));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    public int PollRead(int fd, int timeoutMilliseconds)
    {
        var entry = new pollfd { fd = fd, events = Libc.POLLIN };
        return (int)HotResult(HotCalls.Poll(&entry, 1, timeoutMilliseconds));
    }

    public int CreateEpoll() => Result(Libc.epoll_create1((int)Libc.EPOLL_CLOEXEC));

    public int ControlEpoll(int epoll, int operation, int fd, uint events, ulong data)
    {
        var entry = new epoll_event { events = events };
        entry.data.u64 = data;
        return Result(Libc.epoll_ctl(epoll, operation, fd, &entry));
    }

    public int WaitEpoll(int epoll, epoll_event* events, int capacity)
    {
        int result;
        do
        {
            result = Result(Libc.epoll_wait(epoll, events, capacity, -1));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Ioctl(int fd, nuint request, void* argument)
    {
        int result;
        do
        {
            result = (int)HotResult(HotCalls.Ioctl(fd, request, argument));
        }
        while (result == -Errno.EINTR);

        return result;
    }

    private static int Ioctl(int fd, nuint request, nint argument) => Ioctl(fd, request, (void*)argument);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint HotResult(nint result) => result < 0 ? -Marshal.GetLastSystemError() : result;

    private static int Result(int result) => result < 0 ? -Marshal.GetLastPInvokeError() : result;

    private static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
