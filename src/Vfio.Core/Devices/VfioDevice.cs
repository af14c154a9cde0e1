namespace Vfio.Core;

/// <summary>A device that this process owns: its memory, registers, configuration space, interrupts and reset.</summary>
/// <remarks>
/// <para>A device is open once in a process: share the object. Opening resets the device where it can be reset, and leaves bus mastering off: set
/// <see cref="PciCommand.BusMaster"/> in <see cref="PciConfigSpace.Command"/> when its DMA is set up.</para>
/// <para>Disposing closes in the order that the kernel wants, whatever else is still alive: interrupts and mapped
/// regions of the device end, then the device closes, and its group and address space with it where no other device uses
/// them. Buffers stay readable until they are disposed, but this device does not reach them any more.</para>
/// <para>All members may be used from several threads. An operation that runs while another thread disposes either
/// completes or throws <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public sealed class VfioDevice : IDisposable
{
    private readonly Lock _closeGate = new();
    private readonly Lock _gate = new();
    private readonly HashSet<IDisposable> _children = [];
    private readonly IDeviceTransport _transport;
    private bool _disposed;

    internal VfioDevice(IDeviceTransport transport, AddressSpace space)
    {
        _transport = transport;
        Dma = space;
        Regions = new DeviceRegions(this, transport);
        Config = new PciConfigSpace(Regions.Config, transport.Name);
        Interrupts = new DeviceInterrupts(this, transport, space.Host);
    }

    /// <summary>The device's name; for PCI its address.</summary>
    public string Name => _transport.Name;

    /// <summary>The memory that the device sees.</summary>
    public AddressSpace Dma { get; }

    /// <summary>The device's regions: BARs, expansion ROM and others.</summary>
    public DeviceRegions Regions { get; }

    /// <summary>The device's PCI configuration space.</summary>
    public PciConfigSpace Config { get; }

    /// <summary>The device's interrupts.</summary>
    public DeviceInterrupts Interrupts { get; }

    /// <summary>Whether the function can be reset alone (<c>VFIO_DEVICE_FLAGS_RESET</c>).</summary>
    public bool CanReset => _transport.CanReset;

    /// <summary>Opens a PCI function that is bound to a VFIO driver.</summary>
    /// <param name="address">Its address, such as <c>0000:00:03.0</c>.</param>
    /// <param name="options">How it is opened; null for the defaults.</param>
    /// <exception cref="FormatException">The text is not a PCI address.</exception>
    /// <exception cref="VfioException">A step failed; the exception names it and says what to do.</exception>
    /// <exception cref="InvalidDataException">What the kernel tells of the device contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The address space has been disposed, and no device uses it any more.</exception>
    public static VfioDevice Open(string address, VfioDeviceOptions? options = null)
        => Open(PciAddress.Parse(address), options);

    /// <inheritdoc cref="Open(string, VfioDeviceOptions?)"/>
    public static VfioDevice Open(PciAddress address, VfioDeviceOptions? options = null)
        => Open(VfioHost.Local, address, options);

    /// <summary>Resets the function (<c>VFIO_DEVICE_RESET</c>). The kernel restores its configuration space.</summary>
    /// <remarks>Registers behind the BARs lose their state, and the device forgets what DMA it was told to do.</remarks>
    /// <exception cref="VfioException">The function has no reset, or the reset failed.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void Reset() => _transport.Reset();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whoever comes second waits, and finds the device closed.
        lock (_closeGate)
        {
            IDisposable[] children;
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                _disposed = true;
                children = [.. _children];
            }

            // A mapped region keeps the device open in the kernel, and interrupts would have nobody to take them.
            foreach (IDisposable child in children)
            {
                child.Dispose();
            }

            _transport.Dispose();
            Dma.RemoveUser();
        }
    }

    internal static VfioDevice Open(VfioHost host, PciAddress address, VfioDeviceOptions? options)
    {
        (IDeviceTransport transport, AddressSpace space) = new DeviceOpener(host).Open(address, options?.AddressSpace);
        try
        {
            return new VfioDevice(transport, space);
        }
        catch
        {
            transport.Dispose();
            space.RemoveUser();
            throw;
        }
    }

    /// <summary>
    /// Makes a child that ends together with the device. A dispose waits until it is made, because what holds the
    /// device in the kernel must be known before the device is closed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The device has ended already; no child is made.</exception>
    internal T Adopt<T>(Func<T> create)
        where T : class, IDisposable
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            T child = create();
            _children.Add(child);
            return child;
        }
    }

    internal void Forget(IDisposable child)
    {
        lock (_gate)
        {
            _children.Remove(child);
        }
    }
}
