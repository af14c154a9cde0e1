namespace Vfio.Core;

/// <summary>One way in which a device can interrupt: INTx, MSI, MSI-X, or another index of VFIO's.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class InterruptKind
{
    private readonly Lock _gate = new();
    private readonly VfioDevice _device;
    private readonly IDeviceTransport _transport;
    private readonly VfioHost _host;
    private readonly string _name;
    private InterruptSet? _enabled;

    internal InterruptKind(VfioDevice device, IDeviceTransport transport, VfioHost host, string name, InterruptInfo info)
    {
        _device = device;
        _transport = transport;
        _host = host;
        _name = name;
        Info = info;
    }

    /// <summary>How many vectors the device has of this kind; zero where it has none.</summary>
    public int Count => Info.Count;

    /// <summary>What the index allows.</summary>
    public InterruptFeatures Features => Info.Features;

    internal InterruptInfo Info { get; }

    /// <summary>Enables the first vectors of this kind (<c>VFIO_DEVICE_SET_IRQS</c>).</summary>
    /// <param name="count">How many, from 1 to <see cref="Count"/>.</param>
    /// <returns>The vectors. The caller disposes them; the device does so at the latest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The device has fewer.</exception>
    /// <exception cref="InvalidOperationException">This kind is enabled already.</exception>
    /// <exception cref="VfioException">The device has none, or the kernel refused; INTx, MSI and MSI-X exclude each other.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public InterruptSet Enable(int count)
    {
        if (Count == 0)
        {
            throw InterruptErrors.Absent(_transport.Name, _name);
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        return _device.Adopt(() => EnableOnce(count));
    }

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

    private InterruptSet EnableOnce(int count)
    {
        lock (_gate)
        {
            if (_enabled is not null)
            {
                throw new InvalidOperationException(
                    $"{_transport.Name}: {_name} is enabled already. Dispose the set that is in use first.");
            }

            return _enabled = InterruptSet.Enable(this, _transport, _host, count);
        }
    }
}
