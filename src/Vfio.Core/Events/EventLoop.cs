using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// One thread that waits for all descriptors that are being awaited, of interrupts and of fault queues, so that an await holds none.
/// </summary>
/// <remarks>Thread-safe. Every descriptor is armed for one notification at a time, so a late one never finds a stranger.</remarks>
internal sealed unsafe class EventLoop
{
    private const int BatchSize = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, IEventListener> _registered = [];
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
        new Thread(Run) { IsBackground = true, Name = "Vfio events" }.Start();
    }

    /// <summary>Makes a descriptor known, without arming it. It stays open until it is removed.</summary>
    /// <returns>The key to arm and to remove it with.</returns>
    public ulong Add(int descriptor, IEventListener listener)
    {
        lock (_gate)
        {
            ulong key = ++_lastKey;
            Control(Libc.EPOLL_CTL_ADD, descriptor, 0, key);
            _registered.Add(key, listener);
            return key;
        }
    }

    /// <summary>Asks for one notification, at once if there is something to read.</summary>
    public void Arm(ulong key, int descriptor)
        => Control(Libc.EPOLL_CTL_MOD, descriptor, (uint)Libc.EPOLLIN | (uint)Libc.EPOLLONESHOT, key);

    /// <summary>Forgets a descriptor; it is not notified any more when this returns, but for one that is under way.</summary>
    public void Remove(ulong key, int descriptor)
    {
        lock (_gate)
        {
            if (_registered.Remove(key))
            {
                // A refusal is passed over: the descriptor goes from the set when it is closed, and no one answers to its key.
                using DescriptorLease epoll = _epoll.Lease();
                _ = _epoll.Kernel.ControlEpoll(epoll.Fd, Libc.EPOLL_CTL_DEL, descriptor, 0, key);
            }
        }
    }

    /// <summary>Forgets whose a descriptor was that is closed already, and so out of the set.</summary>
    public void Forget(ulong key)
    {
        lock (_gate)
        {
            _registered.Remove(key);
        }
    }

    private void Control(uint operation, int descriptor, uint events, ulong key)
    {
        using DescriptorLease epoll = _epoll.Lease();
        int result = _epoll.Kernel.ControlEpoll(epoll.Fd, (int)operation, descriptor, events, key);
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

    private IEventListener? Find(ulong key)
    {
        lock (_gate)
        {
            return _registered.GetValueOrDefault(key);
        }
    }
}
