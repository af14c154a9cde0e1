using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// Waits for all descriptors that are being awaited, of interrupts and of fault queues, so that an await holds no thread.
/// </summary>
/// <remarks>
/// <para>Thread-safe. Every descriptor is armed for one notification at a time, so a late one never finds a stranger.</para>
/// <para>Two threads take turns. The one that waits and is woken leaves the waiting to the other and runs what was awaited itself, which spares
/// it the way through the thread pool, a second wake-up. While the other is still at that, what comes goes to the pool: one of the
/// two always waits, whatever the programs that await do.</para>
/// </remarks>
internal sealed unsafe class EventLoop
{
    private const int BatchSize = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, IEventListener> _registered = [];
    private readonly KernelHandle _epoll;
    private readonly SemaphoreSlim _turn = new(0);
    private ulong _lastKey;

    // Whether the other thread has nothing to do but to wait for its turn.
    private int _standsBy;

    public EventLoop(IVfioKernel kernel)
    {
        int fd = kernel.CreateEpoll();
        if (fd < 0)
        {
            throw InterruptErrors.Epoll("epoll_create1", -fd);
        }

        _epoll = new KernelHandle(kernel, fd, "epoll");
        new Thread(() => TakeTurns(leads: true)) { IsBackground = true, Name = "Vfio events" }.Start();
        new Thread(() => TakeTurns(leads: false)) { IsBackground = true, Name = "Vfio events" }.Start();
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

    private void Control(uint operation, int descriptor, uint events, ulong key)
    {
        using DescriptorLease epoll = _epoll.Lease();
        int result = _epoll.Kernel.ControlEpoll(epoll.Fd, (int)operation, descriptor, events, key);
        if (result < 0)
        {
            throw InterruptErrors.Epoll("epoll_ctl", -result);
        }
    }

    private void TakeTurns(bool leads)
    {
        while (true)
        {
            if (!leads)
            {
                StandBy();
            }

            Lead();
            leads = false;
        }
    }

    // Waits for events until the other thread does.
    private void Lead()
    {
        epoll_event* events = stackalloc epoll_event[BatchSize];
        using DescriptorLease epoll = _epoll.Lease();
        bool leads = true;
        while (leads)
        {
            // It can only be interrupted, which is repeated: descriptor and buffer are the loop's own.
            int count = _epoll.Kernel.WaitEpoll(epoll.Fd, events, BatchSize);
            for (int i = 0; i < count; i++)
            {
                // The last one is run here, when nothing waits behind it.
                bool mayRun = i == count - 1 && TryHandOver();
                leads = !mayRun;
                Find(events[i].data.u64)?.OnSignalled(mayRun);
            }
        }
    }

    // One leads from the start, and only it hands over: whoever says that it stands by has no turn coming from before.
    private void StandBy()
    {
        Volatile.Write(ref _standsBy, 1);
        _turn.Wait();
    }

    private bool TryHandOver()
    {
        bool taken = Interlocked.CompareExchange(ref _standsBy, 0, 1) == 1;
        if (taken)
        {
            _turn.Release();
        }

        return taken;
    }

    private IEventListener? Find(ulong key)
    {
        lock (_gate)
        {
            return _registered.GetValueOrDefault(key);
        }
    }
}
