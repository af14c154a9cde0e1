using System.Runtime.InteropServices;
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

    /// <summary>The number of the descriptor, for whoever passes it on and keeps the device open meanwhile.</summary>
    public nint DangerousDescriptor => _handle.DangerousGetHandle();

    public bool CanReset => (_flags & VFIO_DEVICE_FLAGS_RESET) != 0;

    public int RegionCount { get; }

    public int InterruptCount { get; }

    public RegionInfo GetRegion(int index)
    {
        using DescriptorLease device = Lease();
        int fd = device.Fd;
        bool absent = false;
        byte[] answer = ArgszQuery.Run(
            sizeof(vfio_region_info),
            buffer =>
            {
                var info = (vfio_region_info*)buffer;
                info->index = (uint)index;
                int result = _kernel.GetRegionInfo(fd, info);

                // The kernel refuses the index of a region that this device cannot have, such as VGA on a network card.
                absent = result == -Errno.EINVAL;
                return absent ? 0 : result;
            },
            errno => DeviceErrors.Info(Name, $"VFIO_DEVICE_GET_REGION_INFO of region {index}", errno));
        return absent ? RegionInfo.Absent(index) : RegionInfoReader.Parse(Name, index, answer);
    }

    public void Read(RegionInfo region, long offset, Span<byte> destination)
    {
        using DescriptorLease device = Lease();
        fixed (byte* buffer = destination)
        {
            nuint done = 0;
            while (done < (nuint)destination.Length)
            {
                long result = _kernel.ReadAt(
                    device.Fd, buffer + done, (nuint)destination.Length - done, region.FileOffset + offset + (long)done);
                if (result <= 0)
                {
                    throw DeviceErrors.Access(Name, region, offset + (long)done, writing: false, (int)-result);
                }

                done += (nuint)result;
            }
        }
    }

    public void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source)
    {
        using DescriptorLease device = Lease();
        fixed (byte* buffer = source)
        {
            nuint done = 0;
            while (done < (nuint)source.Length)
            {
                long result = _kernel.WriteAt(
                    device.Fd, buffer + done, (nuint)source.Length - done, region.FileOffset + offset + (long)done);
                if (result <= 0)
                {
                    throw DeviceErrors.Access(Name, region, offset + (long)done, writing: true, (int)-result);
                }

                done += (nuint)result;
            }
        }
    }

    public void Map(RegionInfo region, long offset, long length, nint address)
    {
        using DescriptorLease device = Lease();
        int protection = (region.CanRead ? (int)Libc.PROT_READ : 0) | (region.CanWrite ? (int)Libc.PROT_WRITE : 0);
        int result = _kernel.MapMemory(
            (void*)address,
            (nuint)length,
            protection,
            (int)(Libc.MAP_SHARED | Libc.MAP_FIXED),
            device.Fd,
            region.FileOffset + offset,
            out _);
        if (result < 0)
        {
            throw DeviceErrors.Map(Name, region, offset, length, -result);
        }
    }

    public SafeHandle Export(RegionInfo region, long offset, long length)
    {
        using DescriptorLease device = Lease();
        int size = vfio_device_feature.SizeOf(vfio_device_feature_dma_buf.SizeOf(1));
        byte* buffer = stackalloc byte[size];
        new Span<byte>(buffer, size).Clear();
        var feature = (vfio_device_feature*)buffer;
        feature->argsz = (uint)size;
        feature->flags = (uint)(VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_BUF);
        var request = (vfio_device_feature_dma_buf*)vfio_device_feature.data(feature);
        request->region_index = (uint)region.Index;
        request->open_flags = (uint)(Libc.O_RDWR | Libc.O_CLOEXEC);
        request->nr_ranges = 1;
        *vfio_device_feature_dma_buf.dma_ranges(request) = new vfio_region_dma_range { offset = (ulong)offset, length = (ulong)length };
        int fd = _kernel.DeviceFeature(device.Fd, feature);
        return fd >= 0 ? new KernelHandle(_kernel, fd, Name) : throw DeviceErrors.Export(Name, region, -fd);
    }

    public InterruptInfo GetInterrupt(int index)
    {
        using DescriptorLease device = Lease();
        var info = new vfio_irq_info { argsz = (uint)sizeof(vfio_irq_info), index = (uint)index };
        int result = _kernel.GetIrqInfo(device.Fd, &info);
        return result switch
        {
            // As with regions: an index that this device cannot have.
            -Errno.EINVAL => new InterruptInfo(index, 0, InterruptFeatures.None),
            < 0 => throw DeviceErrors.Info(Name, $"VFIO_DEVICE_GET_IRQ_INFO of index {index}", -result),
            _ => new InterruptInfo(index, (int)info.count, (InterruptFeatures)info.flags),
        };
    }

    public void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd> events)
    {
        using DescriptorLease device = Lease();
        byte[] buffer = new byte[sizeof(vfio_irq_set) + (events.Length * sizeof(int))];
        Span<int> descriptors = MemoryMarshal.Cast<byte, int>(buffer.AsSpan(sizeof(vfio_irq_set)));
        for (int i = 0; i < events.Length; i++)
        {
            // Not leased: the caller owns the events, and closes them only after it has disabled the vectors.
            descriptors[i] = events[i].Descriptor;
        }

        fixed (byte* bytes = buffer)
        {
            var set = (vfio_irq_set*)bytes;
            set->argsz = (uint)buffer.Length;
            set->flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
            set->index = (uint)interrupt.Index;
            set->count = (uint)events.Length;
            int result = _kernel.SetIrqs(device.Fd, set);
            if (result != 0)
            {
                throw DeviceErrors.EnableInterrupts(Name, interrupt, events.Length, result);
            }
        }
    }

    public void DisableInterrupts(InterruptInfo interrupt)
        => SetIrqs(interrupt, (uint)(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER), 0, 0, "disable");

    public void MaskInterrupt(InterruptInfo interrupt, int vector, bool masked)
        => SetIrqs(
            interrupt,
            (uint)(VFIO_IRQ_SET_DATA_NONE | (masked ? VFIO_IRQ_SET_ACTION_MASK : VFIO_IRQ_SET_ACTION_UNMASK)),
            vector,
            1,
            masked ? "mask" : "unmask");

    public void TriggerInterrupt(InterruptInfo interrupt, int vector)
        => SetIrqs(interrupt, (uint)(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER), vector, 1, "trigger");

    public void Reset(TimeSpan busyTimeout)
    {
        using DescriptorLease device = Lease();
        int fd = device.Fd;
        int result = LockRetry.Run(() => _kernel.ResetDevice(fd), busyTimeout);
        if (result < 0)
        {
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
        ObjectDisposedException.ThrowIf(_disposed, typeof(VfioDevice));
        return _handle.Lease();
    }

    private void SetIrqs(InterruptInfo interrupt, uint flags, int start, int count, string what)
    {
        using DescriptorLease device = Lease();
        var set = new vfio_irq_set
        {
            argsz = (uint)sizeof(vfio_irq_set),
            flags = flags,
            index = (uint)interrupt.Index,
            start = (uint)start,
            count = (uint)count,
        };
        int result = _kernel.SetIrqs(device.Fd, &set);
        if (result < 0)
        {
            throw DeviceErrors.SetInterrupts(Name, interrupt, what, -result);
        }
    }
}
