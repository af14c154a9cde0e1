using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>A device that the kernel's VFIO holds for this process, on its device descriptor.</summary>
internal sealed unsafe partial class KernelDevice : IDeviceTransport
{
    // Far more than any device has; what is beyond it was not told by VFIO.
    private const uint MaxIndexes = 4096;

    private readonly KernelHandle _handle;
    private readonly IVfioKernel _kernel;
    private readonly uint _flags;
    private volatile bool _disposed;

    public KernelDevice(KernelHandle handle, string name)
    {
        _handle = handle;
        _kernel = handle.Kernel;
        Name = name;
        using DescriptorLease device = Lease();
        var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
        int result = _kernel.GetDeviceInfo(device.Fd, &info);
        if (result < 0)
        {
            throw DeviceErrors.Info(name, "VFIO_DEVICE_GET_INFO", -result);
        }

        if (info.num_regions <= VFIO_PCI_CONFIG_REGION_INDEX)
        {
            throw DeviceErrors.NotPci(name, info.num_regions);
        }

        if (info.num_regions > MaxIndexes || info.num_irqs > MaxIndexes)
        {
            throw new InvalidDataException(
                $"{name}: VFIO_DEVICE_GET_INFO tells of {info.num_regions} regions and {info.num_irqs} interrupts.");
        }

        _flags = info.flags;
        RegionCount = (int)info.num_regions;
        InterruptCount = (int)info.num_irqs;
    }

    public string Name { get; }

    public Func<Exception>? Ended { get; set; }

    /// <summary>The number of the descriptor, for whoever passes it on and keeps the device open meanwhile.</summary>
    public nint DangerousDescriptor => _handle.DangerousGetHandle();

    /// <summary>Keeps the device open until the result is disposed.</summary>
    public DescriptorLease Hold() => Lease();

    /// <summary>Makes another descriptor of the device, for another process.</summary>
    public KernelHandle Duplicate()
    {
        using DescriptorLease held = Lease();
        return _handle.Duplicate();
    }

    public bool CanReset => (_flags & VFIO_DEVICE_FLAGS_RESET) != 0;

    public int RegionCount { get; }

    public int InterruptCount { get; }

    public void Reset(TimeSpan busyTimeout)
    {
        using DescriptorLease device = Lease();
        int fd = device.Fd;
        int result = LockRetry.Run(() => _kernel.ResetDevice(fd), busyTimeout, () => _disposed);
        if (result < 0)
        {
            ThrowIfEnded();
            throw ResetErrors.Function(Name, CanReset, -result);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _handle.Dispose();
    }

    /// <summary>
    /// Borrows the descriptor. The handle alone would lend it for as long as another call has it, so that calls which
    /// overlap could keep a disposed device open for ever.
    /// </summary>
    private DescriptorLease Lease()
    {
        if (!_disposed)
        {
            try
            {
                return _handle.Lease();
            }
            catch (ObjectDisposedException)
            {
                // Closed in between.
            }
        }

        throw AfterEnd();
    }

    private void ThrowIfEnded()
    {
        if (_disposed)
        {
            throw AfterEnd();
        }
    }

    private Exception AfterEnd() => Ended?.Invoke() ?? new ObjectDisposedException(nameof(VfioDevice));
}
