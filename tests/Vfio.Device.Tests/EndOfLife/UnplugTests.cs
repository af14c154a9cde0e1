using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.EndOfLife;

/// <summary>Somebody pulls a card out of its slot: QEMU's <c>device_del</c>, by native hot-plug of PCI Express.</summary>
public sealed class UnplugTests
{
    private const string Card = "igb,id=igb,bus=port1";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_card_is_pulled_out_under_a_program(bool userDisposes)
    {
        PciAddress address = TestDevice.Igb();
        using var watched = new Watched(address, userDisposes ? TimeSpan.FromDays(1) : TimeSpan.FromSeconds(1));
        MappedRegion registers = watched.Device.Regions.Bar(0).Map();
        try
        {
            QemuMonitor.Unplug("igb");
            watched.AwaitRequest();
            if (userDisposes)
            {
                _ = registers.Read32(0);
                Assert.True(QemuMonitor.Exists(address));
                watched.Device.Dispose();
            }

            QemuMonitor.AwaitGone(address);
            Assert.Equal(userDisposes ? DeviceState.Disposed : DeviceState.Gone, watched.Device.Lifetime.State);
            if (!userDisposes)
            {
                GoneAssert.EveryOperation(watched.Device, registers);
            }

            watched.Device.Dispose();
        }
        finally
        {
            if (!QemuMonitor.Exists(address))
            {
                QemuMonitor.Plug(Card, address);
            }
        }

        using var again = new Taken(address);
        again.Device.Config.Command |= PciCommand.Memory;
        using MappedRegion after = again.Device.Regions.Bar(0).Map();
        Assert.NotEqual(uint.MaxValue, after.Read32(8));
    }
}
