using System.Collections;

namespace Vfio.Core;

/// <summary>The enabled vectors of one kind of interrupt. Disposing disables them.</summary>
/// <remarks>
/// Thread-safe: vectors can be added and removed while others are waited for, triggered and removed. An enumeration goes over the vectors
/// that were enabled when it began, in the order of their numbers.
/// </remarks>
public sealed partial class InterruptSet : IReadOnlyCollection<Interrupt>, IDisposable
{
    private readonly InterruptKind _kind;
    private readonly IDeviceTransport _transport;
    private readonly VfioHost _host;

    // By number; null where a vector is not enabled. Written under the gate, and read without.
    private readonly Interrupt?[] _interrupts;

    // Held for each call that changes or uses what is enabled. A handler may take it, so it is not held while one is waited for.
    private readonly Lock _gate = new();
    private readonly Lock _endGate = new();

    // How many vectors the kernel has set aside: below, one is connected alone.
    private int _room;

    // How many of those the kernel has set aside together, from the first on; beyond, it has only those that were added.
    private int _block;
    private volatile bool _disposed;

    private InterruptSet(InterruptKind kind, IDeviceTransport transport, VfioHost host)
    {
        _kind = kind;
        _transport = transport;
        _host = host;
        _interrupts = new Interrupt?[kind.Count];
    }

    /// <summary>How many vectors are enabled.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach (Interrupt? interrupt in _interrupts)
            {
                count += interrupt is null ? 0 : 1;
            }

            return count;
        }
    }

    internal string DeviceName => _transport.Name;

    internal VfioDevice Device => _kind.Device;

    /// <summary>Whether the set has been disposed, or is about to be.</summary>
    internal bool HasEnded => _disposed;

    /// <summary>Whether the set ends because the device is gone.</summary>
    internal bool IsGone => _kind.Device.Lifetime.IsGone;

    /// <summary>What an operation throws that comes after the end.</summary>
    internal Exception Ended(object owner) => _kind.Ended(owner);

    /// <summary>The vector of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not enabled.</exception>
    public Interrupt this[int vector]
        => (uint)vector < (uint)_interrupts.Length && Volatile.Read(ref _interrupts[vector]) is { } interrupt
            ? interrupt
            : throw new ArgumentOutOfRangeException(nameof(vector), vector, $"{DeviceName}: vector {vector} of {_kind.Name} is not enabled.");

    /// <inheritdoc/>
    public IEnumerator<Interrupt> GetEnumerator() => Snapshot().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// Disables the vectors (<c>VFIO_DEVICE_SET_IRQS</c>), and ends every wait. Waits for handlers that are running, but for the one that it is
    /// called from.
    /// </summary>
    public void Dispose()
    {
        // Whoever comes second waits: when that is the device, it closes next. Only a handler of the set must not, because the first waits for it.
        if (!InterruptHandler.TryEnter(_endGate, this))
        {
            return;
        }

        try
        {
            if (_disposed)
            {
                return;
            }

            // Ahead of the lock, so that threads that trigger without a pause let go of it.
            _disposed = true;
            lock (_gate)
            {
                Disable();
            }

            Abandon();
        }
        finally
        {
            _endGate.Exit();
        }

        _kind.Disabled(this);
    }

    internal static InterruptSet Enable(InterruptKind kind, IDeviceTransport transport, VfioHost host, int count, int room)
    {
        var set = new InterruptSet(kind, transport, host);
        try
        {
            for (int vector = 0; vector < count; vector++)
            {
                set._interrupts[vector] = set.Create(vector);
            }

            transport.EnableInterrupts(kind.Info, set.Events(room));
            set._room = set._block = room;
            return set;
        }
        catch
        {
            set._disposed = true;
            set.Abandon();
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
            Disable();
            try
            {
                EnableAll();
            }
            catch (VfioException error)
            {
                Again(error);
            }
        }
    }

    private IReadOnlyList<Interrupt> Snapshot() => [.. _interrupts.OfType<Interrupt>()];

    private Interrupt Create(int vector) => new(this, vector, EventFd.Create(_host.Kernel), _host);

    private EventFd?[] Events(int room) => Array.ConvertAll(_interrupts[..room], static interrupt => interrupt?.Event.Source);

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
    }

    /// <summary>Lets go of vectors that are not enabled. A handler of one may be waiting for another: all end before any is waited for.</summary>
    private void Abandon()
    {
        IReadOnlyList<Interrupt> all = Snapshot();
        foreach (Interrupt interrupt in all)
        {
            interrupt.End();
        }

        foreach (Interrupt interrupt in all)
        {
            interrupt.AwaitHandler();
        }
    }
}
