namespace Vfio.Core;

/// <summary>One way in which a device can interrupt: INTx, MSI, MSI-X, or another index of VFIO's.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class InterruptKind
{
    private readonly Lock _gate = new();
    private readonly VfioDevice _device;
    private readonly IDeviceTransport _transport;
    private readonly VfioHost _host;
    private InterruptSet? _enabled;

    internal InterruptKind(VfioDevice device, IDeviceTransport transport, VfioHost host, string name, InterruptInfo info)
    {
        _device = device;
        _transport = transport;
        _host = host;
        Name = name;
        Info = info;
    }

    /// <summary>How many vectors the device has of this kind; zero where it has none.</summary>
    public int Count => Info.Count;

    /// <summary>What the index allows.</summary>
    public InterruptFeatures Features => Info.Features;

    internal string Name { get; }

    internal VfioDevice Device => _device;

    internal InterruptInfo Info { get; }

    /// <summary>Enables the first vectors of this kind (<c>VFIO_DEVICE_SET_IRQS</c>).</summary>
    /// <param name="count">How many, from 1 to <see cref="Count"/>.</param>
    /// <returns>The vectors. The caller disposes them; the device does so at the latest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The device has fewer.</exception>
    /// <exception cref="InvalidOperationException">This kind is enabled already.</exception>
    /// <exception cref="VfioException">The device has none, or the kernel refused; INTx, MSI and MSI-X exclude each other.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public InterruptSet Enable(int count) => Enable(count, count);

    /// <summary>
    /// Enables the first vectors of this kind, and has more of them set aside, so that <see cref="InterruptSet.Add"/> enables those
    /// alone on every kernel (<c>VFIO_DEVICE_SET_IRQS</c>).
    /// </summary>
    /// <param name="count">How many to enable, from 1 to <see cref="Count"/>.</param>
    /// <param name="reserved">How many to set aside, those that are enabled included. The host gives each of them an interrupt.</param>
    /// <returns>The vectors. The caller disposes them; the device does so at the latest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The device has fewer, or fewer are to be set aside than enabled.</exception>
    /// <exception cref="InvalidOperationException">This kind is enabled already.</exception>
    /// <exception cref="VfioException">The device has none, or the kernel refused; INTx, MSI and MSI-X exclude each other.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public InterruptSet Enable(int count, int reserved)
    {
        if (Count == 0)
        {
            throw InterruptErrors.Absent(_transport.Name, Name);
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(reserved, count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reserved, Count);
        return _device.Adopt(() => EnableOnce(count, reserved));
    }

    /// <inheritdoc cref="InterruptSet.Ended"/>
    internal Exception Ended(object owner) => _device.Lifetime.IsGone
        ? _device.Ended(owner)
        : new ObjectDisposedException(
            owner.GetType().Name, $"{_transport.Name}: the vector or all of {Name} have been disabled, or the device was disposed.");

    /// <summary>Enables the vectors that are enabled once more.</summary>
    internal void Rearm()
    {
        lock (_gate)
        {
            _enabled?.Rearm();
        }
    }

    internal void Disabled(InterruptSet set)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_enabled, set))
            {
                _enabled = null;
            }
        }

        _device.Forget(set);
    }

    private InterruptSet EnableOnce(int count, int reserved)
    {
        lock (_gate)
        {
            if (_enabled is not null)
            {
                throw new InvalidOperationException(
                    $"{_transport.Name}: {Name} is enabled already. Dispose the set that is in use first.");
            }

            return _enabled = InterruptSet.Enable(this, _transport, _host, count, reserved);
        }
    }
}
