using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Events that unmask, and descriptors of events that are handed out.</summary>
public sealed class ResampleTests : IDisposable
{
    private const int Intx = (int)VFIO_PCI_INTX_IRQ_INDEX;
    private const int Error = (int)VFIO_PCI_ERR_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private VfioDevice _device;

    public ResampleTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void A_signal_unmasks()
    {
        using InterruptSet set = _device.Interrupts.Intx.Enable(1);
        ResampleEvent resample = set[0].EnableResample();
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        Assert.True(Trigger());
        Assert.Equal(1UL, set[0].Wait(Timeout.InfiniteTimeSpan));

        // The line is still held.
        Assert.False(Trigger());
        resample.Signal();
        Assert.Equal(1UL, set[0].Wait(Timeout.InfiniteTimeSpan));
        resample.Signal();
        Assert.True(Trigger());
        Assert.Equal(calls, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
    }

    [Fact]
    public void There_is_one_at_a_time_and_its_end_leaves_the_line_masked()
    {
        using InterruptSet set = _device.Interrupts.Intx.Enable(1);
        ResampleEvent resample = set[0].EnableResample();
        Assert.Throws<InvalidOperationException>(set[0].EnableResample);
        Assert.True(Trigger());
        resample.Dispose();
        resample.Dispose();
        Assert.Throws<ObjectDisposedException>(resample.Signal);
        Assert.Throws<ObjectDisposedException>(resample.ExportEvent);
        Assert.False(Trigger());
        using ResampleEvent again = set[0].EnableResample();
        again.Signal();
        Assert.Equal(2UL, set[0].Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Disabling_ends_it()
    {
        InterruptSet set = _device.Interrupts.Intx.Enable(1);
        ResampleEvent resample = set[0].EnableResample();
        Interrupt line = set[0];
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(resample.Signal);
        Assert.Throws<ObjectDisposedException>(line.EnableResample);
        resample.Dispose();
    }

    [Fact]
    public void A_reset_that_rearms_keeps_it()
    {
        using InterruptSet set = _device.Interrupts.Intx.Enable(1);
        ResampleEvent resample = set[0].EnableResample();
        _device.Reset(new ResetOptions { RearmInterrupts = true });
        Assert.True(Trigger());
        resample.Signal();
        Assert.True(Trigger());
    }

    [Fact]
    public void Refusals_say_what_to_do()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(set[0].EnableResample).Kind);
        set.Dispose();
        using InterruptSet line = _device.Interrupts.Intx.Enable(1);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.EBUSY);
        ErrorAssert.Refused(
            VfioErrorKind.Refused, "VFIO_DEVICE_SET_IRQS", Errno.EBUSY, FakeMachine.Address, () => line[0].EnableResample());
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOTTY);
        ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "VFIO_DEVICE_SET_IRQS", Errno.ENOTTY, FakeMachine.Address, () => line[0].EnableResample());
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.CreateEventFd), Errno.EMFILE);
        Assert.Equal(Errno.EMFILE, Assert.Throws<VfioException>(() => line[0].EnableResample()).Errno);
        using ResampleEvent resample = line[0].EnableResample();
    }

    [Fact]
    public void Descriptors_belong_to_whoever_asked_for_them()
    {
        InterruptSet set = _device.Interrupts.Intx.Enable(1);
        using SafeHandle trigger = set[0].ExportEvent();
        using SafeHandle resample = set[0].EnableResample().ExportEvent();
        Assert.True(Trigger());
        Assert.Equal(0, _machine.Kernel.ReadEventFd((int)trigger.DangerousGetHandle(), out ulong count));
        Assert.Equal(1UL, count);
        Assert.False(set[0].TryWait(TimeSpan.Zero, out _));
        Assert.Equal(0UL, set[0].Statistics.Triggers);
        Assert.Equal(0, _machine.Kernel.WriteEventFd((int)resample.DangerousGetHandle(), 1));
        Assert.True(Trigger());
        Interrupt line = set[0];
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Duplicate), Errno.EMFILE);
        Assert.Contains("ulimit", Assert.Throws<VfioException>(line.ExportEvent).Remedy, StringComparison.Ordinal);
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(line.ExportEvent);
        Assert.Equal(0, _machine.Kernel.ReadEventFd((int)trigger.DangerousGetHandle(), out count));
        Assert.Equal(1UL << 62, count);
        Assert.Equal(1UL, line.Statistics.Untaken);
    }

    [Fact]
    public void Errors_of_the_device_do_not_exclude_other_interrupts()
    {
        Assert.Equal(0, _device.Interrupts.Error.Count);
        Assert.Contains("has no ERR", Assert.Throws<VfioException>(() => _device.Interrupts.Error.Enable(1)).Message, StringComparison.Ordinal);
        _device.Dispose();
        _machine.Device.Irqs[Error] = new FakeIrq(1, (uint)(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE));
        _device = _machine.Open();
        using InterruptSet error = _device.Interrupts.Error.Enable(1);
        using InterruptSet msix = _device.Interrupts.Msix.Enable(1);
        Assert.True(_machine.Kernel.Trigger(_machine.Device, Error));
        Assert.Equal(1UL, error[0].Wait(Timeout.InfiniteTimeSpan));
        error[0].Trigger();
        Assert.Equal(1UL, error[0].Wait(Timeout.InfiniteTimeSpan));
    }

    private bool Trigger() => _machine.Kernel.Trigger(_machine.Device, Intx);
}
