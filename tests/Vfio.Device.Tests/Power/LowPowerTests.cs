using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Power;

/// <summary>Low power, in which the kernel suspends a device that somebody has open.</summary>
public sealed class LowPowerTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_suspended_device_is_woken_for_each_call_until_the_exit(bool nvme)
    {
        PciAddress address = nvme ? TestDevice.Nvme() : TestDevice.Igb();
        using var taken = new Taken(address);
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = device.Regions.Bar(0);
        uint before = bar.Read32(8);
        using MappedRegion registers = bar.Map();
        Assert.Equal("active", PciFunction.Read(address).Power.Status.Value);

        device.Power.EnterLowPower();

        AwaitSuspended(address);
        Assert.Equal(before, bar.Read32(8));
        AwaitSuspended(address);
        Assert.True(device.Config.Command.HasFlag(PciCommand.Memory));
        AwaitSuspended(address);
        VfioException again = Assert.Throws<VfioException>(device.Power.EnterLowPower);
        Assert.Equal((VfioErrorKind.Refused, Errno.EINVAL), (again.Kind, again.Errno));
        Assert.Contains("ExitLowPower", again.Remedy, StringComparison.Ordinal);

        device.Power.ExitLowPower();
        device.Power.ExitLowPower();

        Assert.Equal("active", PciFunction.Read(address).Power.Status.Value);
        Assert.Equal(before, bar.Read32(8));
        Assert.Equal(before, registers.Read32(8));
    }

    [Fact]
    public async Task A_wakeup_is_told_once_and_ends_low_power()
    {
        PciAddress address = TestDevice.Nvme();
        using var taken = new Taken(address);
        DevicePower power = taken.Device.Power;
        using PowerWakeup wakeup = power.EnterLowPowerUntilWoken();
        AwaitSuspended(address);
        Assert.False(wakeup.IsWoken);
        Task told = wakeup.WaitAsync().AsTask();
        _ = taken.Device.Config.VendorId;
        await told;
        Assert.True(wakeup.TryWait(_limit));
        Assert.True(wakeup.IsWoken);
        Assert.Equal("active", PciFunction.Read(address).Power.Status.Value);

        using (PowerWakeup next = power.EnterLowPowerUntilWoken())
        {
            Assert.NotSame(wakeup, next);
            power.ExitLowPower();
            Assert.True(next.TryWait(_limit));
        }

        // Not in low power: there is nothing to leave, and it can be entered.
        power.ExitLowPower();
        power.EnterLowPower();
        power.ExitLowPower();
    }

    [Fact]
    public async Task Waits_for_a_wakeup_end_with_it_with_the_device_and_by_a_token()
    {
        PciAddress address = TestDevice.Nvme();
        Task waiting;
        PowerWakeup wakeup;
        using (var taken = new Taken(address))
        {
            wakeup = taken.Device.Power.EnterLowPowerUntilWoken();
            using var cancellation = new CancellationTokenSource();
            Task cancelled = wakeup.WaitAsync(cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            waiting = wakeup.WaitAsync().AsTask();
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Throws<ObjectDisposedException>(() => wakeup.IsWoken);
        wakeup.Dispose();
    }

    [Fact]
    public void A_device_that_is_closed_in_low_power_opens_as_always()
    {
        PciAddress address = TestDevice.Nvme();
        using (var taken = new Taken(address))
        {
            taken.Device.Power.EnterLowPower();
            AwaitSuspended(address);
        }

        using var again = new Taken(address);
        using var admin = Mode.HasMappings ? new NvmeAdmin(again.Device) : null;
        Assert.Equal(PciPowerState.D0, again.Device.Power.State);
        Assert.True(admin is null || admin.IsReady);
    }

    [Fact]
    public void The_host_tells_what_it_does_with_the_power()
    {
        PciAddress address = TestDevice.Nvme();
        using (var taken = new Taken(address))
        {
            PciFunctionPower open = PciFunction.Read(address).Power;
            Assert.Equal(("D0", "auto", "active"), (open.State.Value, open.Control.Value, open.Status.Value));
            Assert.True(open.AllowsD3Cold.Value);
            Assert.True(open.ActiveTime.IsKnown);
            Assert.True(open.SuspendedTime.IsKnown);
            Assert.False(open.AutosuspendDelay.IsKnown);
            Assert.EndsWith("/power/control", open.Control.Path, StringComparison.Ordinal);
        }

        using DriverBinding binding = DriverBinding.Bind(address);

        // vfio-pci lets a device sleep that nobody has open.
        AwaitSuspended(address);
        Assert.StartsWith("D3", PciFunction.Read(address).Power.State.Value, StringComparison.Ordinal);
    }

    private static void AwaitSuspended(PciAddress address)
        => Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(10);
                return PciFunction.Read(address).Power.Status.Value == "suspended";
            },
            _limit));
}
