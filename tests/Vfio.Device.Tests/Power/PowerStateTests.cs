using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Power;

/// <summary>States of power that a device's owner sets.</summary>
public sealed class PowerStateTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_d3hot_configuration_space_answers_and_a_bar_does_not(bool nvme)
    {
        using var taken = new Taken(nvme ? TestDevice.Nvme() : TestDevice.Igb());
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = device.Regions.Bar(0);
        uint before = bar.Read32(nvme ? 8 : 0);
        Assert.True(device.Power.HasStates);
        Assert.Equal(PciPowerState.D0, device.Power.State);

        device.Power.SetState(PciPowerState.D3Hot);

        Assert.Equal(PciPowerState.D3Hot, device.Power.State);
        Assert.NotEqual(0, device.Config.VendorId);
        VfioException refusal = Assert.Throws<VfioException>(() => bar.Read32(0));
        Assert.Equal(Errno.EIO, refusal.Errno);
        Assert.Equal(Errno.EIO, Assert.Throws<VfioException>(() => bar.Write32(nvme ? 0xc : 0, 0)).Errno);

        device.Power.SetState(PciPowerState.D0);

        Assert.Equal(PciPowerState.D0, device.Power.State);
        Assert.True(device.Config.Command.HasFlag(PciCommand.Memory));
        Assert.Equal(before, bar.Read32(nvme ? 8 : 0));
    }

    [Fact]
    public void A_mapped_bar_is_there_again_after_d3hot()
    {
        using var taken = new Taken(TestDevice.Nvme());
        taken.Device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = taken.Device.Regions.Bar(0).Map();
        uint version = registers.Read32(8);

        taken.Device.Power.SetState(PciPowerState.D3Hot);
        taken.Device.Power.SetState(PciPowerState.D0);

        Assert.Equal(version, registers.Read32(8));
    }

    [Fact]
    public void A_reset_leads_to_d0()
    {
        using var taken = new Taken(TestDevice.Nvme());
        taken.Device.Power.SetState(PciPowerState.D3Hot);

        taken.Device.Reset();

        Assert.Equal(PciPowerState.D0, taken.Device.Power.State);
    }

    [Fact]
    public void States_that_a_device_does_not_have_are_refused_before_anything_is_written()
    {
        using var nvme = new Taken(TestDevice.Nvme());
        Assert.True(nvme.Device.Config.TryGet(out PciPowerManagement power));
        Assert.Equal((false, false), (power.SupportsD1, power.SupportsD2));
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => nvme.Device.Power.SetState(PciPowerState.D1)).Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => nvme.Device.Power.SetState((PciPowerState)4));
        Assert.Equal(PciPowerState.D0, nvme.Device.Power.State);

        using var edu = new Taken(TestDevice.Edu());
        Assert.False(edu.Device.Power.HasStates);
        Assert.Equal(PciPowerState.D0, edu.Device.Power.State);
        edu.Device.Power.SetState(PciPowerState.D0);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => edu.Device.Power.SetState(PciPowerState.D3Hot)).Kind);
    }
}
