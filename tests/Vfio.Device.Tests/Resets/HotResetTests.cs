using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Resets;

/// <summary>Resets of the bus behind the conventional bridge, whose two devices go down together.</summary>
public sealed class HotResetTests
{
    private const string Step = "VFIO_DEVICE_PCI_HOT_RESET";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Both_devices_are_told_and_reset()
    {
        using var pair = new BridgedPair();
        using var first = new E1000Line(pair.E1000);
        using var second = new Rtl8139Line(pair.Rtl8139);
        first.Raise();
        second.Raise();
        Assert.True(first.IsUnmasked && second.IsUnmasked);

        HotResetInfo info = pair.E1000.GetHotResetInfo();
        Assert.True(info.IsAllowed);
        Assert.Equal([TestDevice.BridgedE1000(), TestDevice.BridgedRtl8139()], info.Affected.Select(static it => it.Address));
        Assert.All(info.Affected, static it => Assert.Equal(HotResetOwnership.Open, it.Ownership));
        Assert.All(info.Affected, static it => Assert.Equal(Mode.IsIommufd, it.IommufdId is not null));

        HotResetInfo hit = pair.E1000.HotReset();

        Assert.Equal(info.Affected.Select(static it => it.Address), hit.Affected.Select(static it => it.Address));
        Assert.False(first.IsUnmasked);
        Assert.False(second.IsUnmasked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Interrupts_of_both_work_after_it(bool rearm)
    {
        using var pair = new BridgedPair();
        using InterruptSet firstSet = pair.E1000.Interrupts.Intx.Enable(1);
        using InterruptSet secondSet = pair.Rtl8139.Interrupts.Intx.Enable(1);
        using var first = new E1000Line(pair.E1000);
        using var second = new Rtl8139Line(pair.Rtl8139);
        for (int i = 0; i < 3; i++)
        {
            Serve(first, firstSet[0]);
            Serve(second, secondSet[0]);

            _ = pair.Rtl8139.HotReset(new ResetOptions { RearmInterrupts = rearm });
        }

        Serve(first, firstSet[0]);
        Serve(second, secondSet[0]);
        Assert.False(firstSet[0].TryWait(_moment, out _));
        Assert.False(secondSet[0].TryWait(_moment, out _));
    }

    [Fact]
    public void A_line_that_was_masked_and_held_during_it_is_open_again_where_that_was_asked()
    {
        using var pair = new BridgedPair();
        using InterruptSet set = pair.E1000.Interrupts.Intx.Enable(1);
        using var line = new E1000Line(pair.E1000);
        line.Raise();
        Assert.Equal(1ul, set[0].Wait(_patience));

        _ = pair.Rtl8139.HotReset(new ResetOptions { RearmInterrupts = true });

        Assert.False(set[0].TryWait(_moment, out _));
        Serve(line, set[0]);
    }

    [Fact]
    public void The_kernel_puts_the_command_register_back()
    {
        using var pair = new BridgedPair();
        const PciCommand Enabled = PciCommand.Memory | PciCommand.BusMaster;
        pair.E1000.Config.Command |= Enabled;
        PciConfigState state = PciConfigState.Save(pair.E1000.Config);

        _ = pair.Rtl8139.HotReset();

        Assert.Equal(state.Command, pair.E1000.Config.Command);
        Assert.Empty(state.Restore(pair.E1000.Config));
        pair.E1000.Config.Command &= ~Enabled;
        Assert.Single(state.Restore(pair.E1000.Config));
        Assert.Equal(state.Command, pair.E1000.Config.Command);
    }

    [Fact]
    public void A_neighbour_that_is_bound_and_not_open_is_owned_with_the_group()
    {
        Mode.RequireIommu();
        using DriverBinding neighbour = DriverBinding.Bind(TestDevice.BridgedRtl8139());
        using var taken = new Taken(TestDevice.BridgedE1000());

        Assert.Equal(HotResetOwnership.GroupOwned, Neighbour(taken.Device.GetHotResetInfo()).Ownership);
        Assert.Equal(2, taken.Device.HotReset().Affected.Count);
    }

    [Fact]
    public void Without_an_IOMMU_a_neighbour_that_is_not_open_is_not_owned()
    {
        Assert.SkipUnless(Mode.IsNoIommu, "needs two groups behind one bridge, which only the mode without an IOMMU has");
        using DriverBinding neighbour = DriverBinding.Bind(TestDevice.BridgedRtl8139());
        using var taken = new Taken(TestDevice.BridgedE1000());

        Assert.Equal(HotResetOwnership.NotOwned, Neighbour(taken.Device.GetHotResetInfo()).Ownership);
        AssertRefused(taken.Device, Step, Errno.EINVAL, "vfio-pci, not open in this process");
    }

    [Fact]
    public void A_neighbour_without_a_driver_is_named()
    {
        using var taken = new Taken(TestDevice.BridgedE1000());
        Assert.Null(PciFunction.Read(TestDevice.BridgedRtl8139()).Driver);

        if (Mode.Backend == VfioBackend.NoIommu)
        {
            // Neither group nor number: the kernel does not tell at all.
            AssertRefused(taken.Device, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", Errno.EPERM, "no driver");
            return;
        }

        Assert.Equal(HotResetOwnership.NoDriver, Neighbour(taken.Device.GetHotResetInfo()).Ownership);
        AssertRefused(taken.Device, Step, Errno.EINVAL, "no driver");
    }

    [Fact]
    public void A_neighbour_with_its_host_driver_is_named()
    {
        Assert.SkipUnless(Mode.IsNoIommu, "needs a neighbour outside of the group, which would not be viable with it in");
        using DriverBinding host = DriverBinding.Bind(TestDevice.BridgedRtl8139(), "8139cp");
        using var taken = new Taken(TestDevice.BridgedE1000());

        if (Mode.Backend == VfioBackend.NoIommu)
        {
            AssertRefused(taken.Device, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", Errno.EPERM, "the host's driver 8139cp");
            return;
        }

        Assert.Equal(HotResetOwnership.HostDriver, Neighbour(taken.Device.GetHotResetInfo()).Ownership);
        AssertRefused(taken.Device, Step, Errno.EINVAL, "the host's driver 8139cp");
    }

    [Fact]
    public void A_neighbour_of_another_iommufd_is_named()
    {
        Assert.SkipUnless(Mode.IsNoIommu && Mode.IsIommufd, "needs two iommufds behind one bridge: the group would be one owner's");
        using var iommufd = File.OpenHandle("/dev/iommu", FileMode.Open, FileAccess.ReadWrite);
        using AddressSpace other = AddressSpace.Create(Mode.SpaceOptions with { Node = iommufd });
        using var neighbour = new Taken(TestDevice.BridgedRtl8139(), other);
        using var taken = new Taken(TestDevice.BridgedE1000());

        Assert.Equal(HotResetOwnership.OtherOwner, Neighbour(taken.Device.GetHotResetInfo()).Ownership);
        AssertRefused(taken.Device, Step, Errno.EINVAL, "vfio-pci, open in this process with another owner");
    }

    [Fact]
    public void Behind_a_root_port_with_hot_plug_the_card_is_reset_and_not_taken_for_pulled_out()
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1);
        taken.Device.Config.Command |= PciCommand.Memory;
        Assert.True(taken.Device.GetHotResetInfo().IsAllowed);

        HotResetInfo info = taken.Device.HotReset();

        Assert.Contains(info.Affected, static it => it.Address == TestDevice.Igb());
        Assert.Equal(DeviceState.Running, taken.Device.Lifetime.State);
        using var igb = new IgbInterrupts(taken.Device);
        igb.Trigger(0);
        Assert.Equal(1ul, msix[0].Wait(_patience));
    }

    [Fact]
    public void On_the_root_bus_there_is_none()
    {
        using var taken = new Taken(TestDevice.Edu());
        HotResetInfo info = taken.Device.GetHotResetInfo();
        Assert.False(info.IsPossible);
        Assert.Empty(info.Affected);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.HotReset()).Kind);
    }

    private static HotResetFunction Neighbour(HotResetInfo info) => info.Affected.Single(static it => it.Address == TestDevice.BridgedRtl8139());

    private static void AssertRefused(VfioDevice device, string step, int errno, string why)
    {
        VfioException refusal = Assert.Throws<VfioException>(() => device.HotReset());
        Assert.Equal((VfioErrorKind.ResetSetNotOwned, step, errno), (refusal.Kind, refusal.Step, refusal.Errno));
        Assert.Contains($"{TestDevice.BridgedRtl8139()} ({why})", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"{TestDevice.BridgedE1000()} (", refusal.Message, StringComparison.Ordinal);
    }

    private static void Serve(BridgedLine line, Interrupt interrupt)
    {
        line.Raise();
        Assert.Equal(1ul, interrupt.Wait(_patience));
        line.Acknowledge();
        interrupt.Unmask();
    }
}
