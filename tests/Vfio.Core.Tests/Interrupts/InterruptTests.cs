using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Enabling, masking and single waits.</summary>
public sealed class InterruptTests : IDisposable
{
    private const int Intx = (int)VFIO_PCI_INTX_IRQ_INDEX;
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public InterruptTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void What_the_device_has_is_told()
    {
        Assert.Equal(1, _device.Interrupts.Intx.Count);
        Assert.Equal(InterruptFeatures.EventFd | InterruptFeatures.Maskable | InterruptFeatures.AutoMasked, _device.Interrupts.Intx.Features);
        Assert.Equal(8, _device.Interrupts.Msi.Count);
        Assert.Equal(16, _device.Interrupts.Msix.Count);
    }

    [Fact]
    public void Triggers_are_counted_and_taken_once()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(4);
        Assert.Equal([0, 1, 2, 3], set.Select(static interrupt => interrupt.Vector));
        Assert.False(set[2].TryWait(TimeSpan.Zero, out ulong none));
        Assert.Equal(0UL, none);
        Assert.True(_machine.Kernel.Trigger(_machine.Device, Msix, 2));
        Assert.True(_machine.Kernel.Trigger(_machine.Device, Msix, 2));
        Assert.Equal(2UL, set[2].Wait(Timeout.InfiniteTimeSpan));
        Assert.False(set[2].TryWait(_soon, out _));
        Assert.False(set[1].TryWait(TimeSpan.Zero, out _));
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Msix, 4));
    }

    [Fact]
    public void A_vector_is_triggered_without_the_device()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(4);
        set[2].Trigger();
        set[2].Trigger();
        Assert.Equal(2UL, set[2].Wait(Timeout.InfiniteTimeSpan));
        Assert.False(set[1].TryWait(TimeSpan.Zero, out _));
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.EINVAL);
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.Refused, "VFIO_DEVICE_SET_IRQS", Errno.EINVAL, FakeMachine.Address, set[2].Trigger);
        Assert.Contains("trigger", error.Message, StringComparison.Ordinal);
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(set[2].Trigger);
    }

    [Fact]
    public void A_wait_that_takes_too_long_says_so()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(1);
        TimeoutException error = Assert.Throws<TimeoutException>(() => set[0].Wait(_soon));
        Assert.Contains(FakeMachine.Address, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => set[0].TryWait(TimeSpan.FromSeconds(-1), out _));
    }

    [Fact]
    public void A_signal_of_the_process_does_not_end_a_wait()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(1);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.PollRead), Errno.EINTR);
        Assert.False(set[0].TryWait(_soon, out _));
        Assert.Equal(VfioErrorKind.Refused, Assert.Throws<VfioException>(() =>
        {
            _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.PollRead), Errno.ENOMEM);
            set[0].TryWait(_soon, out _);
        }).Kind);
    }

    [Fact]
    public void A_line_interrupt_masks_itself_until_it_is_unmasked()
    {
        using InterruptSet set = _device.Interrupts.Intx.Enable(1);
        Assert.True(_machine.Kernel.Trigger(_machine.Device, Intx));
        Assert.Equal(1UL, set[0].Wait(Timeout.InfiniteTimeSpan));
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Intx));
        set[0].Unmask();
        Assert.Equal(1UL, set[0].Wait(Timeout.InfiniteTimeSpan));
        set[0].Mask();
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Intx));
    }

    [Fact]
    public void What_cannot_be_masked_says_so()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "VFIO_DEVICE_SET_IRQS", 0, FakeMachine.Address, set[0].Mask);
        Assert.Contains("does not mask MSI-X", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_is_enabled_once_and_again_when_it_is_disposed()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(2);
        Assert.Throws<InvalidOperationException>(() => _device.Interrupts.Msix.Enable(2));
        VfioException error = Assert.Throws<VfioException>(() => _device.Interrupts.Msi.Enable(1));
        Assert.Contains("exclude each other", error.Message, StringComparison.Ordinal);
        set.Dispose();
        set.Dispose();
        _device.Interrupts.Msi.Enable(1).Dispose();
        using InterruptSet again = _device.Interrupts.Msix.Enable(16);
        Assert.Equal(16, again.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => again[16]);
        Assert.Throws<ArgumentOutOfRangeException>(() => again[-1]);
    }

    [Fact]
    public void Counts_that_the_device_does_not_have_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Interrupts.Msix.Enable(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Interrupts.Msix.Enable(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Interrupts.Msix.Enable(17));
        _machine.Device.Irqs[Msix]!.Available = 3;
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "VFIO_DEVICE_SET_IRQS", 0, FakeMachine.Address, () => _device.Interrupts.Msix.Enable(4));
        Assert.Contains("3 interrupt vectors and not 4", error.Message, StringComparison.Ordinal);
        using InterruptSet set = _device.Interrupts.Msix.Enable(3);
    }

    [Fact]
    public void A_device_without_the_kind_says_so()
    {
        _device.Dispose();
        _machine.Device.Irqs[Msix] = null;
        using VfioDevice device = _machine.Open();
        Assert.Equal(0, device.Interrupts.Msix.Count);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => device.Interrupts.Msix.Enable(1)).Kind);
    }

    [Theory]
    [InlineData(nameof(IVfioKernel.CreateEventFd), Errno.EMFILE, "ulimit -n")]
    [InlineData(nameof(IVfioKernel.SetIrqs), Errno.EINVAL, "exclude each other")]
    public void A_failed_enable_leaves_no_event_behind(string method, int errno, string remedy)
    {
        _machine.Kernel.Faults.FailNext(method, errno, skip: method == nameof(IVfioKernel.CreateEventFd) ? 3 : 0);
        VfioException error = Assert.Throws<VfioException>(() => _device.Interrupts.Msix.Enable(8));
        Assert.Equal(errno, error.Errno);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("eventfd", _machine.Kernel.OpenKinds);
        using InterruptSet set = _device.Interrupts.Msix.Enable(8);
    }

    [Fact]
    public void A_device_that_is_gone_does_not_keep_its_interrupts_from_ending()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(2);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.EIO);
        set.Dispose();
        Assert.DoesNotContain("eventfd", _machine.Kernel.OpenKinds);
        using InterruptSet again = _device.Interrupts.Msix.Enable(2);
    }
}
