using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>One interrupt vector. The kernel counts its triggers until a wait takes the count.</summary>
/// <remarks>
/// Thread-safe. Every trigger is counted once and handed to one wait or handler: of several, whichever comes first gets all
/// that has gathered. Blocking waits may be many; awaits are one at a time, and go on on the thread pool; there is one
/// handler at a time. Disposing the set, or removing the vector from it, ends every wait with <see cref="ObjectDisposedException"/>;
/// the release of a device that the kernel wants back does with a <see cref="VfioException"/> of the kind <see cref="VfioErrorKind.DeviceGone"/>.
/// </remarks>
public sealed partial class Interrupt
{
    private readonly InterruptSet _set;
    private readonly VfioHost _host;
    private readonly InterruptEvent _event;
    private readonly EventAwaiter<InterruptEvent, ulong> _awaiter;
    private readonly SpinBudget _spin = new(Environment.ProcessorCount);
    private readonly Lock _gate = new();
    private InterruptHandler? _handler;
    private volatile ResampleEvent? _resample;
    private volatile bool _disposed;

    internal Interrupt(InterruptSet set, int vector, EventFd source, VfioHost host)
    {
        _set = set;
        _host = host;
        Vector = vector;
        _event = new InterruptEvent(source);
        _awaiter = new EventAwaiter<InterruptEvent, ulong>(this, source.Descriptor, host, () => set.Ended(this));
    }

    /// <summary>The number of the vector, from 0.</summary>
    public int Vector { get; }

    /// <summary>What happened on the vector so far. Allocates nothing, takes no lock, and works after the end too.</summary>
    public InterruptStatistics Statistics => _event.Snapshot();

    internal InterruptSet Set => _set;

    internal InterruptEvent Event => _event;

    internal ResampleEvent? Resample => _resample;

    /// <summary>Holds the vector back until <see cref="Unmask"/> (<c>VFIO_IRQ_SET_ACTION_MASK</c>).</summary>
    /// <exception cref="VfioException">
    /// This kind of interrupt cannot be masked, which VFIO offers for INTx only (<see cref="InterruptFeatures.Maskable"/>); or the kernel refused.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Mask() => _set.Mask(this, masked: true);

    /// <summary>
    /// Lets the vector through (<c>VFIO_IRQ_SET_ACTION_UNMASK</c>). An INTx masks itself at each trigger: unmask it
    /// when the device has been served and has let go of the line. If it still holds the line, that is the next trigger.
    /// </summary>
    /// <exception cref="VfioException">
    /// This kind of interrupt cannot be masked, which VFIO offers for INTx only (<see cref="InterruptFeatures.Maskable"/>); or the kernel refused.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Unmask() => _set.Mask(this, masked: false);

    /// <summary>
    /// Triggers the vector as if the device had (<c>VFIO_IRQ_SET_ACTION_TRIGGER</c>), for tests and for measuring. The device takes no part,
    /// and an INTx does not mask itself.
    /// </summary>
    /// <exception cref="VfioException">The kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Trigger() => _set.Trigger(this);

    /// <summary>
    /// Gives the vector an event that unmasks it (<c>VFIO_IRQ_SET_ACTION_UNMASK</c> with an eventfd), without a call to the device.
    /// </summary>
    /// <returns>The event. The caller disposes it; the set does so at the latest.</returns>
    /// <exception cref="InvalidOperationException">The vector has one already.</exception>
    /// <exception cref="VfioException">The interrupt does not mask itself (<see cref="InterruptFeatures.AutoMasked"/>), or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public ResampleEvent EnableResample() => _set.EnableResample(this);

    /// <summary>
    /// Makes a descriptor of the eventfd that the kernel signals, for somebody else to take the triggers from, such as KVM (<c>KVM_IRQFD</c>).
    /// What is taken there, no wait here gets, nor do the statistics count it.
    /// </summary>
    /// <returns>
    /// The descriptor, which the caller owns. It outlives the vector. At the end of the vector its counter is raised once more, by 2^62.
    /// </returns>
    /// <exception cref="VfioException">The process has too many open files.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public SafeHandle ExportEvent()
    {
        RequireEnabled();
        return _event.Export();
    }

    /// <summary>Gives the resample event, or takes it away. The set's lock is held.</summary>
    internal void SetResample(ResampleEvent? resample) => _resample = resample;

    internal void RequireEnabled()
    {
        if (_disposed)
        {
            throw _set.Ended(this);
        }
    }

    /// <summary>Ends it, which the kernel has disabled, or not enabled: its waits end, and its handler is called no more.</summary>
    internal void End()
    {
        InterruptHandler? handler;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            handler = _handler;
        }

        handler?.Stop();
        _awaiter.Dispose();
        _resample?.End();
        _event.End();
    }

    /// <summary>
    /// Waits for a handler that is running when the vector has ended, unless it is called from there, or the device is gone: whoever wants that
    /// back waits already. First all end whose end a handler may wait for.
    /// </summary>
    internal void AwaitHandler()
    {
        InterruptHandler? handler;
        lock (_gate)
        {
            handler = _handler;
        }

        if (!_set.IsGone)
        {
            handler?.Dispose();
        }
    }
}
