using Vfio.Native;

namespace Vfio.Core;

/// <summary>Lets threads wait for a descriptor that only the kernel signals, so that a dispose can end their waits.</summary>
/// <remarks>Thread-safe. Two descriptors more: a set of the one that is waited for and of an event of its own.</remarks>
internal sealed class InterruptibleWait : IDisposable
{
    private readonly int _descriptor;
    private readonly EventFd _end;
    private readonly KernelHandle _epoll;

    /// <param name="kernel">The kernel.</param>
    /// <param name="descriptor">What is waited for. It stays open until this is disposed.</param>
    public InterruptibleWait(IVfioKernel kernel, int descriptor)
    {
        _descriptor = descriptor;
        _end = EventFd.Create(kernel);
        try
        {
            int fd = kernel.CreateEpoll();

            // Whoever still waits when this is disposed must find the event: it stays open as long as the set.
            _epoll = fd >= 0 ? new KernelHandle(kernel, fd, "epoll", _end.Handle) : throw InterruptErrors.Epoll("epoll_create1", -fd);
        }
        catch
        {
            _end.Dispose();
            throw;
        }

        try
        {
            Add(_end.Descriptor);
            Add(descriptor);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Waits until the descriptor can be read, this is disposed, a signal of the process comes, or the time is over.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed before.</exception>
    public void Poll(int timeoutMilliseconds)
    {
        using DescriptorLease epoll = _epoll.Lease();
        int result = _epoll.Kernel.PollRead(epoll.Fd, timeoutMilliseconds);
        if (result < 0 && result != -Errno.EINTR)
        {
            throw InterruptErrors.Epoll("poll", -result);
        }
    }

    /// <summary>Ends every wait, and lets go of the descriptor.</summary>
    public void Dispose()
    {
        using (DescriptorLease epoll = _epoll.Lease())
        {
            // While the set looks at the descriptor it holds the file open, and a close would end too late.
            _ = _epoll.Kernel.ControlEpoll(epoll.Fd, (int)Libc.EPOLL_CTL_DEL, _descriptor, 0, 0);
        }

        _end.Signal();
        Close();
    }

    private void Add(int descriptor)
    {
        using DescriptorLease epoll = _epoll.Lease();
        int result = _epoll.Kernel.ControlEpoll(epoll.Fd, (int)Libc.EPOLL_CTL_ADD, descriptor, (uint)Libc.EPOLLIN, 0);
        if (result < 0)
        {
            throw InterruptErrors.Epoll("epoll_ctl", -result);
        }
    }

    private void Close()
    {
        _epoll.Dispose();
        _end.Dispose();
    }
}
