using Vfio.Native;
using static Vfio.Core.Tests.BusMachine;

namespace Vfio.Core.Tests;

/// <summary>What is put back after a reset, where it is asked for.</summary>
public sealed class AfterResetTests
{
    private const int Intx = 0;
    private const int Msix = 2;
    private const ushort Enabled = (ushort)(PciCommand.Memory | PciCommand.BusMaster);

    private static readonly ResetOptions _all = new() { RearmInterrupts = true, RestoreConfig = true };

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public async Task Interrupts_of_all_devices_that_were_hit_work_with_the_handles_of_before(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces);
        bus.FirstDevice.ForgetsInterrupts = bus.SecondDevice.ForgetsInterrupts = true;
        using (VfioDevice first = bus.Open())
        using (VfioDevice second = bus.Open(Second))
        {
            InterruptSet vectors = first.Interrupts.Msix.Enable(3);
            InterruptSet line = second.Interrupts.Intx.Enable(1);
            Task<ulong> waiting = vectors[2].WaitAsync(TestContext.Current.CancellationToken).AsTask();

            _ = first.HotReset(_all);

            Assert.True(bus.Kernel.Trigger(bus.FirstDevice, Msix, 2));
            Assert.Equal(1u, await waiting);
            Assert.True(bus.Kernel.Trigger(bus.FirstDevice, Msix, 0));
            Assert.Equal(1u, await vectors[0].WaitAsync(TestContext.Current.CancellationToken));
            Assert.True(bus.Kernel.Trigger(bus.SecondDevice, Intx));
            Assert.Equal(1u, await line[0].WaitAsync(TestContext.Current.CancellationToken));
        }

        bus.Machine.AssertClean();
    }

    [Fact]
    public void Without_being_asked_nothing_is_touched()
    {
        using var bus = new BusMachine();
        bus.FirstDevice.ForgetsInterrupts = true;
        bus.FirstDevice.CommandAfterReset = 0;
        using VfioDevice device = bus.Open();
        device.Config.Command = (PciCommand)Enabled;
        using InterruptSet vectors = device.Interrupts.Msix.Enable(1);
        int before = bus.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));

        device.Reset();

        Assert.Equal(before, bus.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
        Assert.Equal(PciCommand.None, device.Config.Command);
        Assert.False(bus.Kernel.Trigger(bus.FirstDevice, Msix));
    }

    [Fact]
    public void Counts_and_masks_before_it_are_kept_and_taken_back()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        InterruptSet line = device.Interrupts.Intx.Enable(1);
        Assert.True(bus.Kernel.Trigger(bus.FirstDevice, Intx));

        device.Reset(_all);

        Assert.True(bus.Kernel.Trigger(bus.FirstDevice, Intx));
        Assert.Equal(2u, line[0].Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Sets_that_were_disposed_stay_so_and_others_can_be_enabled()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        device.Interrupts.Msix.Enable(2).Dispose();
        device.Reset(_all);
        Assert.Empty(bus.FirstDevice.Irqs[Msix]!.Events);
        using InterruptSet line = device.Interrupts.Intx.Enable(1);
        device.Reset(_all);
        Assert.Single(bus.FirstDevice.Irqs[Intx]!.Events);
    }

    [Fact]
    public void A_refusal_after_the_reset_says_that_the_reset_is_done()
    {
        using var bus = new BusMachine();
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Open(Second);
        using InterruptSet vectors = first.Interrupts.Msix.Enable(1);
        using InterruptSet others = second.Interrupts.Msix.Enable(1);
        bus.SecondDevice.ForgetsInterrupts = true;
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOMEM, skip: 1);
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOMEM, skip: 3);

        VfioException refusal = Assert.Throws<VfioException>(() => first.HotReset(_all));

        Assert.Contains("the reset is done", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(First, refusal.Subject);
        Assert.IsType<VfioException>(refusal.InnerException);
        Assert.Equal((1, 1), (bus.FirstDevice.Resets, bus.SecondDevice.Resets));
        Assert.True(bus.Kernel.Trigger(bus.SecondDevice, Msix));
    }

    [Fact]
    public void Vectors_that_are_refused_once_are_enabled_at_the_second_try()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        using InterruptSet vectors = device.Interrupts.Msix.Enable(1);
        _ = vectors.Add(2);
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOMEM, skip: 2);

        device.Reset(_all);

        Assert.Equal([0, 2], vectors.Select(static interrupt => interrupt.Vector));
        Assert.True(bus.Kernel.Trigger(bus.FirstDevice, Msix, 2));
        Assert.Equal(1ul, vectors[2].Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void The_configuration_space_of_all_is_put_back()
    {
        using var bus = new BusMachine(FakeInterfaces.CdevsOnly);
        bus.FirstDevice.CommandAfterReset = bus.SecondDevice.CommandAfterReset = 0;
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Open(Second);
        first.Config.Command = (PciCommand)Enabled;
        second.Config.Command = PciCommand.IO;

        _ = first.HotReset(_all);

        Assert.Equal((PciCommand)Enabled, first.Config.Command);
        Assert.Equal(PciCommand.IO, second.Config.Command);
    }

    [Fact]
    public void A_device_that_its_owner_closes_meanwhile_is_left_alone()
    {
        using var bus = new BusMachine();
        using VfioDevice first = bus.Open();
        VfioDevice second = bus.Open(Second);
        bus.Kernel.Before = method =>
        {
            if (method == nameof(IVfioKernel.HotReset))
            {
                second.Dispose();
            }
        };
        Assert.Equal(2, first.HotReset(_all).Affected.Count);
    }

    [Fact]
    public void A_device_that_does_not_answer_after_it_is_named()
    {
        using var bus = new BusMachine();
        bus.FirstDevice.CommandAfterReset = 0xfbff;
        using VfioDevice device = bus.Open();

        VfioException refusal = Assert.Throws<VfioException>(() => device.Reset(_all));

        Assert.Equal(VfioErrorKind.DeviceUnreachable, refusal.Kind);
        Assert.Contains("reads as ones", refusal.InnerException!.Message, StringComparison.Ordinal);
    }
}
