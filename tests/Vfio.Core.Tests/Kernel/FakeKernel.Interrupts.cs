using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Interrupts, and the events behind them, which are the real kernel's.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const int MaxWriteTriggers = 1000;

    /// <summary>Raises a vector as the device would.</summary>
    /// <returns>Whether it reached an event.</returns>
    public bool Trigger(FakeDevice device, int index, uint vector = 0)
    {
        lock (_gate)
        {
            FakeIrq irq = device.Irqs[index]!;
            if (vector >= irq.Events.Length || irq.Events[vector] is not { } source || irq.IsLost)
            {
                return false;
            }

            if (irq.Masked.Contains(vector))
            {
                irq.Pending.Add(vector);
                return false;
            }

            if ((irq.Flags & VFIO_IRQ_INFO_AUTOMASKED) != 0)
            {
                irq.Masked.Add(vector);
            }

            return Signal(source);
        }
    }

    public int GetIrqInfo(int device, vfio_irq_info* info) => OnDevice(device, it =>
    {
        if (info->index >= it.Irqs.Length || it.Irqs[info->index] is not { } irq)
        {
            return -Errno.EINVAL;
        }

        info->count = irq.Count;
        info->flags = irq.Flags;
        return 0;
    });

    public int SetIrqs(int device, vfio_irq_set* set) => OnDevice(device, it =>
    {
        if (set->argsz < sizeof(vfio_irq_set) || set->index >= it.Irqs.Length || it.Irqs[set->index] is not { } irq)
        {
            return -Errno.EINVAL;
        }

        return (set->flags & (uint)VFIO_IRQ_SET_ACTION_TYPE_MASK) switch
        {
            (uint)VFIO_IRQ_SET_ACTION_TRIGGER => SetTrigger(it, irq, set),
            (uint)VFIO_IRQ_SET_ACTION_MASK => Mask(irq, set, masked: true),
            (uint)VFIO_IRQ_SET_ACTION_UNMASK => Mask(irq, set, masked: false),
            _ => -Errno.EINVAL,
        };
    });

    public int SetIoEventFd(int device, vfio_device_ioeventfd* ioeventfd) => OnDevice(device, it =>
    {
        if (!it.HasWriteTriggers)
        {
            return -Errno.ENOTTY;
        }

        int index = (int)(ioeventfd->offset >> FakeRegion.OffsetShift);
        if (ioeventfd->argsz < sizeof(vfio_device_ioeventfd) || index > (int)VFIO_PCI_BAR5_REGION_INDEX || it.Regions[index] is null)
        {
            return -Errno.EINVAL;
        }

        vfio_device_ioeventfd asked = *ioeventfd;
        FakeWriteTrigger? known = it.WriteTriggers.Find(
            other => other.Offset == asked.offset && other.Width == asked.flags && other.Value == asked.data);
        if (asked.fd < 0)
        {
            return known is not null && it.WriteTriggers.Remove(known) ? 0 : -Errno.ENODEV;
        }

        if (known is not null)
        {
            return -Errno.EEXIST;
        }

        if (it.WriteTriggers.Count >= MaxWriteTriggers)
        {
            return -Errno.ENOSPC;
        }

        if (Event(asked.fd, "IOEVENTFD") is not { } source)
        {
            return -Errno.EBADF;
        }

        it.WriteTriggers.Add(new FakeWriteTrigger(asked.offset, asked.flags, asked.data, source));
        return 0;
    });

    public int CreateEventFd() => AddReal("eventfd", Begin(), LinuxKernel.Instance.CreateEventFd);

    public int ReadEventFd(int fd, out ulong count)
    {
        count = 0;
        int fault = Begin(fd, out FakeDescriptor descriptor);
        return fault != 0 ? fault : End(descriptor, LinuxKernel.Instance.ReadEventFd(descriptor.RealFd, out count));
    }

    public int WaitEventFd(int fd, out ulong count)
    {
        count = 0;
        int fault = Begin(fd, out FakeDescriptor descriptor);
        return fault != 0 ? fault : End(descriptor, LinuxKernel.Instance.WaitEventFd(descriptor.RealFd, out count));
    }

    public int WriteEventFd(int fd, ulong value)
    {
        int fault = Begin(fd, out FakeDescriptor descriptor);
        if (fault != 0)
        {
            return fault;
        }

        lock (_gate)
        {
            if (Consume(descriptor.File))
            {
                descriptor.InFlight--;
                return 0;
            }
        }

        return End(descriptor, LinuxKernel.Instance.WriteEventFd(descriptor.RealFd, value));
    }

    public int PollRead(int fd, int timeoutMilliseconds)
    {
        int fault = Begin(fd, out FakeDescriptor descriptor);
        return fault != 0 ? fault : End(descriptor, LinuxKernel.Instance.PollRead(descriptor.RealFd, timeoutMilliseconds));
    }

    public int CreateEpoll() => AddReal("epoll", Begin(), LinuxKernel.Instance.CreateEpoll);

    public int ControlEpoll(int epoll, int operation, int fd, uint events, ulong data)
    {
        int fault = Begin(epoll, out FakeDescriptor descriptor);
        if (fault != 0)
        {
            return fault;
        }

        int real;
        lock (_gate)
        {
            real = _open.TryGetValue(fd, out FakeDescriptor? source) ? source.RealFd : -1;
            if (real < 0)
            {
                Violations.Add($"epoll_ctl of {fd}, which is not open");
            }
        }

        return End(descriptor, LinuxKernel.Instance.ControlEpoll(descriptor.RealFd, operation, real, events, data));
    }

    public int WaitEpoll(int epoll, epoll_event* events, int capacity)
    {
        int fault = Begin(epoll, out FakeDescriptor descriptor);
        return fault != 0 ? fault : End(descriptor, LinuxKernel.Instance.WaitEpoll(descriptor.RealFd, events, capacity));
    }

    /// <summary>Does what the kernel does inside of a signal of an event that it listens to.</summary>
    /// <returns>Whether it does.</returns>
    private bool Consume(FakeOpenFile source)
    {
        bool consumed = false;
        foreach (FakeDevice device in Devices.Values)
        {
            foreach (FakeIrq irq in device.Irqs.OfType<FakeIrq>())
            {
                foreach (uint vector in irq.Unmask.Where(pair => pair.Value == source).Select(static pair => pair.Key))
                {
                    Unmask(irq, vector);
                    consumed = true;
                }
            }

            foreach (FakeWriteTrigger trigger in device.WriteTriggers.Where(trigger => trigger.Event == source))
            {
                FakeRegion region = device.Regions[(int)(trigger.Offset >> FakeRegion.OffsetShift)]!;
                region.Poke((long)trigger.Offset - region.Offset, BitConverter.GetBytes(trigger.Value).AsSpan(0, (int)trigger.Width));
                consumed = true;
            }
        }

        return consumed;
    }

    private static void Unmask(FakeIrq irq, uint vector)
    {
        if (irq.Masked.Remove(vector) && irq.Pending.Remove(vector))
        {
            // The line is still held, so that it triggers and masks itself again.
            if ((irq.Flags & VFIO_IRQ_INFO_AUTOMASKED) != 0)
            {
                irq.Masked.Add(vector);
            }

            _ = Signal(irq.Events[vector]);
        }
    }

    private FakeOpenFile? Event(int fd, string step)
    {
        if (_open.TryGetValue(fd, out FakeDescriptor? source) && source.Kind == "eventfd")
        {
            return source.File;
        }

        Violations.Add($"{step} with {fd}, which is no open eventfd");
        return null;
    }

    private static bool Signal(FakeOpenFile? source)
        => source is { RealFd: >= 0 } && LinuxKernel.Instance.WriteEventFd(source.RealFd, 1) == 0;

    private int Mask(FakeIrq irq, vfio_irq_set* set, bool masked)
    {
        if ((irq.Flags & VFIO_IRQ_INFO_MASKABLE) == 0)
        {
            return -Errno.ENOTTY;
        }

        if (irq.Events.Length == 0 || set->start != 0 || set->count != 1)
        {
            return -Errno.EINVAL;
        }

        if ((set->flags & VFIO_IRQ_SET_DATA_EVENTFD) != 0)
        {
            return masked ? -Errno.ENOTTY : SetUnmask(irq, *(int*)vfio_irq_set.data(set));
        }

        if (masked)
        {
            irq.Masked.Add(0);
        }
        else
        {
            Unmask(irq, 0);
        }

        return 0;
    }

    private int SetUnmask(FakeIrq irq, int fd)
    {
        if (fd < 0)
        {
            irq.Unmask.Clear();
            return 0;
        }

        if (irq.Unmask.Count != 0)
        {
            return -Errno.EBUSY;
        }

        if (Event(fd, "SET_IRQS") is not { } source)
        {
            return -Errno.EBADF;
        }

        irq.Unmask.Add(0, source);
        return 0;
    }

    private static int Loop(FakeIrq irq, vfio_irq_set* set)
    {
        if (irq.Events.Length == 0)
        {
            return -Errno.EINVAL;
        }

        for (uint vector = set->start; vector < Math.Min(set->start + set->count, irq.Events.Length); vector++)
        {
            _ = Signal(irq.Events[vector]);
        }

        return 0;
    }

    private int SetTrigger(FakeDevice device, FakeIrq irq, vfio_irq_set* set)
    {
        if ((set->flags & VFIO_IRQ_SET_DATA_NONE) != 0 && set->count != 0)
        {
            return Loop(irq, set);
        }

        if ((set->flags & VFIO_IRQ_SET_DATA_NONE) != 0)
        {
            irq.Events = [];
            irq.Unmask.Clear();
            irq.Masked.Clear();
            irq.Pending.Clear();
            return 0;
        }

        uint end = set->start + set->count;
        if (set->argsz < sizeof(vfio_irq_set) + (set->count * sizeof(int)) || end > irq.Count
            || Array.Exists(device.Irqs[..3], other => other is not null && other != irq && other.Events.Length != 0 && IsExclusive(device, irq)))
        {
            return -Errno.EINVAL;
        }

        if (end > irq.Events.Length && irq.Events.Length != 0 && (irq.Flags & VFIO_IRQ_INFO_NORESIZE) != 0)
        {
            return -Errno.EINVAL;
        }

        if (end > irq.Available)
        {
            // Once enabled, the kernel has none to tell of.
            return irq.Events.Length == 0 ? irq.Available : -Errno.ENOSPC;
        }

        FakeOpenFile?[] events = [.. irq.Events, .. new FakeOpenFile?[Math.Max(0, (int)end - irq.Events.Length)]];
        int* numbers = (int*)vfio_irq_set.data(set);
        for (int i = 0; i < set->count; i++)
        {
            FakeOpenFile? source = numbers[i] < 0 ? null : Event(numbers[i], "SET_IRQS");
            if (source is null && numbers[i] >= 0)
            {
                return -Errno.EBADF;
            }

            events[set->start + i] = source;
        }

        irq.Events = events;
        irq.IsLost = false;
        return 0;
    }

    /// <summary>Whether it is one of INTx, MSI and MSI-X.</summary>
    private static bool IsExclusive(FakeDevice device, FakeIrq irq) => Array.IndexOf(device.Irqs, irq) < 3;

    private int AddReal(string kind, int fault, Func<int> create)
    {
        if (fault != 0)
        {
            return fault;
        }

        int real = create();
        Assert.True(real >= 0);
        lock (_gate)
        {
            return Add(new FakeOpenFile(kind, null, real));
        }
    }
}
