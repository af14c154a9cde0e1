using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <content>Its interrupts.</content>
internal sealed unsafe partial class KernelDevice : IWriteTriggerTransport
{
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

    public void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd?> events, int first = 0)
    {
        int result = SetEvents(interrupt, (uint)VFIO_IRQ_SET_ACTION_TRIGGER, first, events);
        if (result != 0)
        {
            throw DeviceErrors.EnableInterrupts(Name, interrupt, events.Length, result);
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

    public void SetUnmaskEvent(InterruptInfo interrupt, int vector, EventFd? unmask)
    {
        int result = SetEvents(interrupt, (uint)VFIO_IRQ_SET_ACTION_UNMASK, vector, [unmask]);
        if (result < 0)
        {
            throw InterruptErrors.UnmaskEvent(Name, interrupt, -result);
        }
    }

    public void TriggerInterrupt(InterruptInfo interrupt, int vector)
        => SetIrqs(interrupt, (uint)(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER), vector, 1, "trigger");

    /// <summary>Connects vectors to events for one purpose.</summary>
    private int SetEvents(InterruptInfo interrupt, uint action, int first, ReadOnlySpan<EventFd?> events)
    {
        using DescriptorLease device = Lease();
        byte[] buffer = new byte[sizeof(vfio_irq_set) + (events.Length * sizeof(int))];
        Span<int> descriptors = MemoryMarshal.Cast<byte, int>(buffer.AsSpan(sizeof(vfio_irq_set)));
        for (int i = 0; i < events.Length; i++)
        {
            // Not leased: the caller owns the events, and closes them only after it has disabled the vectors.
            descriptors[i] = events[i]?.Descriptor ?? -1;
        }

        fixed (byte* bytes = buffer)
        {
            var set = (vfio_irq_set*)bytes;
            set->argsz = (uint)buffer.Length;
            set->flags = (uint)VFIO_IRQ_SET_DATA_EVENTFD | action;
            set->index = (uint)interrupt.Index;
            set->start = (uint)first;
            set->count = (uint)events.Length;
            return _kernel.SetIrqs(device.Fd, set);
        }
    }

    public void SetWriteTrigger(RegionInfo region, long offset, int width, ulong value, EventFd? trigger)
    {
        using DescriptorLease device = Lease();
        var write = new vfio_device_ioeventfd
        {
            argsz = (uint)sizeof(vfio_device_ioeventfd),

            // The flags are the widths in bytes.
            flags = (uint)width,
            offset = (ulong)(region.FileOffset + offset),
            data = value,
            fd = trigger?.Descriptor ?? -1,
        };
        int result = _kernel.SetIoEventFd(device.Fd, &write);
        if (result < 0)
        {
            throw InterruptErrors.WriteTrigger(Name, region, offset, width, -result);
        }
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
