using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>A counter of the kernel's that an interrupt raises and that waiting takes (<c>eventfd</c>).</summary>
internal sealed class EventFd : IEventTake<ulong>, IDisposable
{
    private readonly IVfioKernel _kernel;
    private readonly KernelHandle _handle;

    private EventFd(IVfioKernel kernel, int fd)
    {
        _kernel = kernel;
        _handle = new KernelHandle(kernel, fd, "eventfd");
        Descriptor = fd;
    }

    /// <summary>The number of the descriptor, valid until dispose.</summary>
    public int Descriptor { get; }

    public static EventFd Create(IVfioKernel kernel)
    {
        int fd = kernel.CreateEventFd();
        return fd >= 0 ? new EventFd(kernel, fd) : throw InterruptErrors.EventFd("eventfd", -fd);
    }

    /// <summary>The descriptor, to keep it open.</summary>
    public KernelHandle Handle => _handle;

    /// <summary>Takes the counter without waiting.</summary>
    /// <returns>Whether it was not zero.</returns>
    public bool TryTake(out ulong result)
    {
        using DescriptorLease lease = _handle.Lease();
        int answer = _kernel.ReadEventFd(lease.Fd, out result);
        return answer switch
        {
            >= 0 => result != 0,
            -Errno.EAGAIN => false,
            _ => throw InterruptErrors.EventFd("read", -answer),
        };
    }

    /// <summary>Takes the counter as soon as it is not zero.</summary>
    public ulong Take()
    {
        using DescriptorLease lease = _handle.Lease();
        int answer = _kernel.WaitEventFd(lease.Fd, out ulong result);
        return answer >= 0 ? result : throw InterruptErrors.EventFd("read", -answer);
    }

    /// <summary>Adds to the counter, which wakes whoever waits.</summary>
    public void Signal(ulong value = 1)
    {
        using DescriptorLease lease = _handle.Lease();
        int result = _kernel.WriteEventFd(lease.Fd, value);
        if (result < 0)
        {
            throw InterruptErrors.EventFd("write", -result);
        }
    }

    /// <summary>Waits until the counter is not zero, a signal of the process comes, or the time is over.</summary>
    public void Poll(int timeoutMilliseconds)
    {
        using DescriptorLease lease = _handle.Lease();
        int result = _kernel.PollRead(lease.Fd, timeoutMilliseconds);
        if (result < 0 && result != -Errno.EINTR)
        {
            throw InterruptErrors.EventFd("poll", -result);
        }
    }

    /// <summary>Makes another descriptor of the same counter, which belongs to the caller.</summary>
    public SafeHandle Export()
    {
        using DescriptorLease lease = _handle.Lease();
        int fd = _kernel.Duplicate(lease.Fd);
        return fd >= 0 ? new KernelHandle(_kernel, fd, "eventfd") : throw InterruptErrors.EventFd("fcntl", -fd);
    }

    public void Dispose() => _handle.Dispose();
}
