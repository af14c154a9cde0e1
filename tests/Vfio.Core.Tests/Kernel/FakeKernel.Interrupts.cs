using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Interrupts, and the events behind them, which are the real kernel's.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>Raises a vector as the device would.</summary>
    /// <returns>Whether it reached an event.</returns>
    public bool Trigger(FakeDevice device, int index, uint vector = 0)
    {
        lock (_gate)
        {
            FakeIrq irq = device.Irqs[index]!;
            if (vector >= irq.Events.Length || irq.IsLost)
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

            return Signal(irq.Events[vector]);
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
        return fault != 0 ? fault : End(descriptor, LinuxKernel.Instance.WriteEventFd(descriptor.RealFd, value));
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

    private static bool Signal(FakeOpenFile source)
        => source.RealFd >= 0 && LinuxKernel.Instance.WriteEventFd(source.RealFd, 1) == 0;

    private static int Mask(FakeIrq irq, vfio_irq_set* set, bool masked)
    {
        if ((irq.Flags & VFIO_IRQ_INFO_MASKABLE) == 0 || set->start + set->count > irq.Events.Length)
        {
            return -Errno.EINVAL;
        }

        for (uint vector = set->start; vector < set->start + set->count; vector++)
        {
            if (masked)
            {
                irq.Masked.Add(vector);
            }
            else if (irq.Masked.Remove(vector) && irq.Pending.Remove(vector))
            {
                _ = Signal(irq.Events[vector]);
            }
        }

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
            irq.Masked.Clear();
            irq.Pending.Clear();
            return 0;
        }

        if (set->argsz < sizeof(vfio_irq_set) + (set->count * sizeof(int)) || set->count > irq.Count
            || Array.Exists(device.Irqs, other => other is not null && other != irq && other.Events.Length != 0))
        {
            return -Errno.EINVAL;
        }

        if (set->count > irq.Available)
        {
            return irq.Available;
        }

        var sources = new FakeOpenFile[set->count];
        int* numbers = (int*)vfio_irq_set.data(set);
        for (int i = 0; i < sources.Length; i++)
        {
            if (!_open.TryGetValue(numbers[i], out FakeDescriptor? source) || source.Kind != "eventfd")
            {
                Violations.Add($"SET_IRQS with {numbers[i]}, which is no open eventfd");
                return -Errno.EBADF;
            }

            sources[i] = source.File;
        }

        irq.Events = sources;
        irq.IsLost = false;
        return 0;
    }

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
