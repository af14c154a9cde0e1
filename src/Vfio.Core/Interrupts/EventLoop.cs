using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// One thread that waits for the events of all interrupts that are being awaited, so that an await holds none.
/// </summary>
/// <remarks>Thread-safe. Every event is armed for one notification at a time, so a late one never finds a stranger.</remarks>
internal sealed unsafe class EventLoop
{
    private const int BatchSize = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, InterruptAwaiter> _registered = [];
    private readonly KernelHandle _epoll;
    private ulong _lastKey;

    public EventLoop(IVfioKernel kernel)
    {
        int fd = kernel.CreateEpoll();
        if (fd < 0)
        {
            throw InterruptErrors.Epoll("epoll_create1", -fd);
        }

        _epoll = new KernelHandle(kernel, fd, "epoll");
        new Thread(Run) { IsBackground = true, Name = "Vfio interrupts" }.Start();
    }

    /// <summary>Makes an event known, without arming it.</summary>
    /// <returns>The key to arm and to remove it with.</returns>
    public ulong Add(EventFd source, InterruptAwaiter awaiter)
    {
        lock (_gate)
        {
            ulong key = ++_lastKey;
            Control(Libc.EPOLL_CTL_ADD, source, 0, key);
            _registered.Add(key, awaiter);
            return key;
        }
    }

    /// <summary>Asks for one notification, at once if the counter is not zero.</summary>
    public void Arm(ulong key, EventFd source)
        => Control(Libc.EPOLL_CTL_MOD, source, (uint)Libc.EPOLLIN | (uint)Libc.EPOLLONESHOT, key);

    /// <summary>Forgets an event; it is not notified any more when this returns, but for one that is under way.</summary>
    public void Remove(ulong key, EventFd source)
    {
        lock (_gate)
        {
            if (_registered.Remove(key))
            {
                // A refusal is passed over: the event goes from the set when it is closed, and no one answers to its key.
                using DescriptorLease epoll = _epoll.Lease();
                _ = _epoll.Kernel.ControlEpoll(epoll.Fd, Libc.EPOLL_CTL_DEL, source.Descriptor, 0, key);
            }
        }
    }

    private void Control(uint operation, EventFd source, uint events, ulong key)
    {
        using DescriptorLease epoll = _epoll.Lease();
        int result = _epoll.Kernel.ControlEpoll(epoll.Fd, (int)operation, source.Descriptor, events, key);
        if (result < 0)
        {
            throw InterruptErrors.Epoll("epoll_ctl", -result);
        }
    }

    private void Run()
    {
        epoll_event* events = stackalloc epoll_event[BatchSize];
        using DescriptorLease epoll = _epoll.Lease();
        while (true)
        {
            // It can only be interrupted, which is repeated: descriptor and buffer are the loop's own.
            int count = _epoll.Kernel.WaitEpoll(epoll.Fd, events, BatchSize);
            for (int i = 0; i < count; i++)
            {
                Find(events[i].data.u64)?.OnSignalled();
            }
        }
    }

    private InterruptAwaiter? Find(ulong key)
    {
        lock (_gate)
        {
            return _registered.GetValueOrDefault(key);
        }
    }
}
