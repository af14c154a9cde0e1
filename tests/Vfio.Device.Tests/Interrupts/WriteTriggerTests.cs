using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

/// <summary>Writes that an event makes.</summary>
public sealed class WriteTriggerTests
{
    private const long Liveness = 0x04;
    private const long Raise = 0x60;
    private const int Limit = 1000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_signal_writes_this_value_to_this_register_and_no_more_after_the_end()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        DeviceRegion bar = taken.Device.Regions.Bar(0);

        // The register reads back inverted.
        using WriteTrigger first = bar.CreateWriteTrigger(Liveness, 4, 0x12345678);
        using WriteTrigger second = bar.CreateWriteTrigger(Liveness, 4, 0xdeadbeef);
        bar.Write32(Liveness, 0);
        Assert.Equal(~0u, bar.Read32(Liveness));
        for (int i = 0; i < 50; i++)
        {
            first.Signal();
            Assert.Equal(~0x12345678u, bar.Read32(Liveness));
            second.Signal();
            Assert.Equal(~0xdeadbeefu, bar.Read32(Liveness));
        }

        first.Dispose();
        Assert.Throws<ObjectDisposedException>(first.Signal);
        Assert.Equal(~0xdeadbeefu, bar.Read32(Liveness));
        bar.Write32(Liveness, 7);
        second.Signal();
        Assert.Equal(~0xdeadbeefu, bar.Read32(Liveness));
    }

    [Fact]
    public void Every_signal_is_one_write()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        WriteTrigger raise = bar.CreateWriteTrigger(Raise, 4, 1);
        for (int i = 0; i < 200; i++)
        {
            raise.Signal();
            Assert.Equal(1ul, msi[0].Wait(_patience));
            edu.Acknowledge();
        }

        using var descriptor = raise.ExportEvent();
        raise.Dispose();
        Eventfd.Signal(descriptor);
        Assert.False(msi[0].TryWait(_moment, out _));
    }

    [Fact]
    public void A_write_is_dropped_while_the_memory_is_off()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        bar.Write32(Liveness, 0);
        using WriteTrigger trigger = bar.CreateWriteTrigger(Liveness, 4, 5);
        taken.Device.Config.Command &= ~PciCommand.Memory;
        trigger.Signal();
        taken.Device.Config.Command |= PciCommand.Memory;
        Assert.Equal(~0u, bar.Read32(Liveness));
        trigger.Signal();
        Assert.Equal(~5u, bar.Read32(Liveness));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Every_width_is_written_as_it_is(int width)
    {
        const ulong Value = 0x1122334455667788;
        using var taken = new Taken(TestDevice.Ivshmem());
        taken.Device.Config.Command |= PciCommand.Memory;

        // Shared memory, which keeps what is written byte by byte.
        DeviceRegion memory = taken.Device.Regions.Bar(2);
        ulong value = Value >> (64 - (8 * width));
        using WriteTrigger trigger = memory.CreateWriteTrigger(0x40, width, value);
        memory.Write64(0x38, 0);
        memory.Write64(0x40, 0);
        memory.Write64(0x48, 0);
        trigger.Signal();
        Assert.Equal(value, memory.Read64(0x40));
        Assert.Equal(0ul, memory.Read64(0x38));
        Assert.Equal(0ul, memory.Read64(0x48));
    }

    [Fact]
    public void What_the_kernel_refuses_is_told()
    {
        using var taken = new Taken(TestDevice.Igb());
        taken.Device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        using WriteTrigger trigger = bar.CreateWriteTrigger(0x1520, 4, 0);
        Assert.Equal(VfioErrorKind.InUse, Refusal(() => bar.CreateWriteTrigger(0x1520, 4, 0)).Kind);
        Assert.True(taken.Device.Config.TryGet(out PciMsix msix));
        DeviceRegion table = taken.Device.Regions.Bar(msix.TableBar);
        VfioException overlap = Refusal(() => table.CreateWriteTrigger(msix.TableOffset, 4, 0));
        Assert.Equal(VfioErrorKind.NotSupported, overlap.Kind);
        Assert.Contains("MSI-X table", overlap.Remedy, StringComparison.Ordinal);
        Assert.Equal(VfioErrorKind.NotSupported, Refusal(() => taken.Device.Regions.Config.CreateWriteTrigger(0x40, 4, 0)).Kind);
    }

    [Fact]
    public void There_is_room_for_a_thousand()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        var triggers = new List<WriteTrigger>();
        for (uint value = 0; value < Limit; value++)
        {
            triggers.Add(bar.CreateWriteTrigger(Liveness, 4, value));
        }

        VfioException full = Refusal(() => bar.CreateWriteTrigger(Liveness, 4, Limit));
        Assert.Contains("1000", full.Remedy, StringComparison.Ordinal);
        triggers[^1].Signal();
        Assert.Equal(~(Limit - 1u), bar.Read32(Liveness));
        triggers[0].Dispose();
        using WriteTrigger last = bar.CreateWriteTrigger(Liveness, 4, Limit);
        last.Signal();
        Assert.Equal(~(uint)Limit, bar.Read32(Liveness));

        // The device ends the others.
    }

    private static VfioException Refusal(Func<WriteTrigger> create) => Assert.Throws<VfioException>(() => create());
}
