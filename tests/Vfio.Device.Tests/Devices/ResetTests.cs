using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

public sealed class ResetTests
{
    [Fact]
    public void A_device_without_reset_says_so()
    {
        using var taken = new Taken(TestDevice.Edu());

        Assert.False(taken.Device.CanReset);
        VfioException refusal = Assert.Throws<VfioException>(taken.Device.Reset);
        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal("VFIO_DEVICE_RESET", refusal.Step);
    }

    [Fact]
    public void Nvme_stops_in_a_reset_and_starts_again()
    {
        Mode.RequireMapping();
        using var taken = new Taken(TestDevice.Nvme());
        Assert.True(taken.Device.CanReset);
        for (int i = 0; i < 2; i++)
        {
            using var nvme = new NvmeAdmin(taken.Device);
            Assert.True(nvme.IsReady);

            taken.Device.Reset();

            taken.Device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
            Assert.False(nvme.IsReady);
        }
    }

    [Fact]
    public void Igb_forgets_its_registers_in_a_reset()
    {
        const long ReceiveAddressLow = 0x5408;
        using var taken = new Taken(TestDevice.Igb());
        taken.Device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = taken.Device.Regions.Bar(0).Map();
        uint initial = registers.Read32(ReceiveAddressLow);
        registers.Write32(ReceiveAddressLow, ~initial);
        Assert.Equal(~initial, registers.Read32(ReceiveAddressLow));

        Assert.True(taken.Device.CanReset);
        taken.Device.Reset();

        Assert.Equal(initial, registers.Read32(ReceiveAddressLow));
    }
}
