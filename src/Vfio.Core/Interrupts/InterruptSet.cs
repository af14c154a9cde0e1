using System.Collections;

namespace Vfio.Core;

/// <summary>The enabled vectors of one kind of interrupt. Disposing disables them.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class InterruptSet : IReadOnlyList<Interrupt>, IDisposable
{
    private readonly InterruptKind _kind;
    private readonly IDeviceTransport _transport;
    private readonly Interrupt[] _interrupts;
    private readonly Lock _gate = new();
    private volatile bool _disposed;

    private InterruptSet(InterruptKind kind, IDeviceTransport transport, EventFd[] events, VfioHost host)
    {
        _kind = kind;
        _transport = transport;
        _interrupts = new Interrupt[events.Length];
        for (int i = 0; i < events.Length; i++)
        {
            _interrupts[i] = new Interrupt(this, i, events[i], host);
        }
    }

    /// <summary>How many vectors are enabled.</summary>
    public int Count => _interrupts.Length;

    internal string DeviceName => _transport.Name;

    /// <summary>The vector of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not enabled.</exception>
    public Interrupt this[int vector]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(vector);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, _interrupts.Length);
            return _interrupts[vector];
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Interrupt> GetEnumerator() => ((IEnumerable<Interrupt>)_interrupts).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Disables the vectors (<c>VFIO_DEVICE_SET_IRQS</c>), and ends every wait.</summary>
    public void Dispose()
    {
        // Whoever comes second waits: when that is the device, it closes next.
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Disable();
        }

        _kind.Disabled(this);
    }

    internal static InterruptSet Enable(InterruptKind kind, IDeviceTransport transport, VfioHost host, int count)
    {
        var events = new EventFd[count];
        InterruptSet? set = null;
        try
        {
            for (int i = 0; i < count; i++)
            {
                events[i] = EventFd.Create(host.Kernel);
            }

            set = new InterruptSet(kind, transport, events, host);
            transport.EnableInterrupts(kind.Info, events);
            return set;
        }
        catch
        {
            set?.Abandon();
            foreach (EventFd? created in events)
            {
                created?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Disables the vectors and enables them again on the same events; who waits for one notices nothing.</summary>
    internal void Rearm()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            // Vectors that are enabled would only get other events: what the device needs is set up with the first enabling.
            _transport.DisableInterrupts(_kind.Info);
            _transport.EnableInterrupts(_kind.Info, Array.ConvertAll(_interrupts, static interrupt => interrupt.Event));
        }
    }

    internal void Mask(int vector, bool masked)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _transport.MaskInterrupt(_kind.Info, vector, masked);
    }

    internal void Trigger(int vector)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _transport.TriggerInterrupt(_kind.Info, vector);
    }

    private void Disable()
    {
        try
        {
            _transport.DisableInterrupts(_kind.Info);
        }
        catch (Exception error) when (error is VfioException or ObjectDisposedException)
        {
            // A device that is gone, or closed, has disabled its interrupts itself.
        }

        Abandon();
    }

    /// <summary>Lets go of vectors that are not enabled.</summary>
    private void Abandon()
    {
        foreach (Interrupt interrupt in _interrupts)
        {
            interrupt.Dispose();
        }
    }
}
