using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>An event at each signal of which the kernel writes one value to one register of a device.</summary>
/// <remarks>
/// <para>Thread-safe. Every signal is one write. While the device is being reset, or its memory bit or power state is being changed, the kernel puts the write
/// off, and makes one of those that come meanwhile; while the memory bit of the command register is clear, writes are dropped.</para>
/// <para>For a virtual machine, hand <see cref="ExportEvent"/> to KVM (<c>KVM_IOEVENTFD</c> with a match of the same data): the guest's write
/// then reaches the device without a return to this process.</para>
/// </remarks>
public sealed class WriteTrigger : IDisposable
{
    private readonly VfioDevice _device;
    private readonly IWriteTriggerTransport _transport;
    private readonly RegionInfo _region;
    private readonly EventFd _event;
    private readonly Lock _gate = new();
    private volatile bool _disposed;

    private WriteTrigger(
        VfioDevice device, IWriteTriggerTransport transport, RegionInfo region, long offset, int width, ulong value, EventFd source)
    {
        _device = device;
        _transport = transport;
        _region = region;
        Offset = offset;
        Width = width;
        Value = value;
        _event = source;
    }

    /// <summary>The index of the region.</summary>
    public int Region => _region.Index;

    /// <summary>Where is written, in bytes from the start of the region.</summary>
    public long Offset { get; }

    /// <summary>How many bytes are written in one access.</summary>
    public int Width { get; }

    /// <summary>What is written.</summary>
    public ulong Value { get; }

    /// <summary>Makes the kernel write, as a rule before this returns: one <c>write</c>, which does not go through the device's descriptor.</summary>
    /// <exception cref="ObjectDisposedException">It, or the device, has been disposed.</exception>
    public void Signal()
    {
        ThrowIfDisposed();
        _event.Signal();
    }

    /// <summary>Makes a descriptor of the eventfd, for somebody else to signal.</summary>
    /// <returns>The descriptor, which the caller owns. After the end of this it writes nothing.</returns>
    /// <exception cref="VfioException">The process has too many open files.</exception>
    /// <exception cref="ObjectDisposedException">It, or the device, has been disposed.</exception>
    public SafeHandle ExportEvent()
    {
        ThrowIfDisposed();
        return _event.Export();
    }

    /// <summary>Unties the write, which is not made any more when this returns.</summary>
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
            try
            {
                _transport.SetWriteTrigger(_region, Offset, Width, Value, null);
            }
            catch (Exception error) when (error is VfioException or ObjectDisposedException)
            {
                // A device that is gone, or closed, has untied it. Otherwise the kernel lets go when the event is closed.
            }

            _event.Dispose();
        }

        _device.Forget(this);
    }

    internal static WriteTrigger Create(
        VfioDevice device, IDeviceTransport transport, RegionInfo region, long offset, int width, ulong value)
    {
        IWriteTriggerTransport writer = transport as IWriteTriggerTransport ?? throw InterruptErrors.NoWriteTrigger(transport.Name);
        var source = EventFd.Create(device.Host.Kernel);
        try
        {
            writer.SetWriteTrigger(region, offset, width, value, source);
        }
        catch
        {
            source.Dispose();
            throw;
        }

        return new WriteTrigger(device, writer, region, offset, width, value, source);
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw _device.Ended(this);
        }
    }
}
