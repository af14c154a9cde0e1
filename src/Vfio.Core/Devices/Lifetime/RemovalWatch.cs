using System.Diagnostics.CodeAnalysis;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>
/// Listens for the kernel's wish to have a device back: the interrupt that the device itself never raises
/// (<c>VFIO_PCI_REQ_IRQ_INDEX</c>). The kernel repeats it every 10 seconds for as long as the device is open.
/// </summary>
[SuppressMessage("Design", "MA0055", Justification = "The loop's memory of a device that its user forgot is nothing that a handle could hold.")]
internal sealed class RemovalWatch : IDisposable
{
    private readonly EventFd _event;
    private readonly EventLoop _loop;
    private readonly ulong _key;
    private Action? _requested;

    private RemovalWatch(EventLoop loop, EventFd source)
    {
        _loop = loop;
        _event = source;

        // The loop outlives all devices, and must not keep one that its user has forgotten.
        _key = loop.Add(source.Descriptor, new Listener(new WeakReference<RemovalWatch>(this)));
    }

    ~RemovalWatch()
    {
        _loop?.Forget(_key);
    }

    /// <summary>Connects the interrupt, or gives null where the device has none.</summary>
    /// <exception cref="VfioException">The kernel refused, or the process has no descriptor left.</exception>
    public static RemovalWatch? TryCreate(VfioHost host, IDeviceTransport transport)
    {
        const int Index = (int)VFIO_PCI_REQ_IRQ_INDEX;
        if (transport.InterruptCount <= Index || transport.GetInterrupt(Index) is not { Count: > 0 } interrupt)
        {
            return null;
        }

        EventLoop loop = host.EventLoop;
        EventFd source = EventFd.Create(host.Kernel);
        try
        {
            var watch = new RemovalWatch(loop, source);
            try
            {
                transport.EnableInterrupts(interrupt, [source]);
                return watch;
            }
            catch
            {
                watch.Stop();
                throw;
            }
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Begins to listen. Where that fails, nothing is left of it.</summary>
    /// <param name="requested">Called once, on the thread of the loop; it must not block.</param>
    public void Start(Action requested)
    {
        Volatile.Write(ref _requested, requested);
        try
        {
            _loop.Arm(_key, _event.Descriptor);
        }
        catch
        {
            Stop();
            Dispose();
            throw;
        }
    }

    /// <summary>Listens no longer.</summary>
    public void Stop() => _loop.Remove(_key, _event.Descriptor);

    /// <summary>Lets go of the event, after the device has.</summary>
    public void Dispose()
    {
        _event.Dispose();
        GC.SuppressFinalize(this);
    }

    private void OnSignalled()
    {
        try
        {
            if (!_event.TryTake(out _))
            {
                _loop.Arm(_key, _event.Descriptor);
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            // Its user was faster.
            return;
        }

        Volatile.Read(ref _requested)?.Invoke();
    }

    private sealed class Listener(WeakReference<RemovalWatch> watch) : IEventListener
    {
        public void OnSignalled()
        {
            if (watch.TryGetTarget(out RemovalWatch? target))
            {
                target.OnSignalled();
            }
        }
    }
}
