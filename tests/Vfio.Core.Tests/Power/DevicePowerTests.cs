using System.Buffers.Binary;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

public sealed class DevicePowerTests : IDisposable
{
    private const int Capability = 0x40;
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private bool _isLow;
    private int _event = -1;

    public DevicePowerTests()
    {
        Serve(DeviceFeature.LowPowerEntry, 0, _ => Enter());
        Serve(DeviceFeature.LowPowerEntryWithWakeup, 8, data =>
        {
            _event = BinaryPrimitives.ReadInt32LittleEndian(data);
            return Enter();
        });
        Serve(DeviceFeature.LowPowerExit, 0, _ =>
        {
            _isLow = false;
            return 0;
        });
    }

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void States_are_those_of_the_register()
    {
        FakeRegion config = _machine.Device.Regions[(int)VFIO_PCI_CONFIG_REGION_INDEX]!;
        config.Poke(PciRegs.PCI_STATUS, 0x10);
        config.Poke(PciRegs.PCI_CAPABILITY_LIST, Capability);
        config.Poke(Capability, 0x01, 0x00, 0x03, 0x02, 0x00, 0x00);
        using VfioDevice device = _machine.Open();
        Assert.True(device.Power.HasStates);

        device.Power.SetState(PciPowerState.D1);
        Assert.Equal(PciPowerState.D1, device.Power.State);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => device.Power.SetState(PciPowerState.D2)).Kind);
        device.Power.SetState(PciPowerState.D3Hot);
        Assert.Equal([0x03, 0x00], config.Peek(Capability + PciRegs.PCI_PM_CTRL, 2));

        // The device does not take it.
        _machine.Kernel.Before = method =>
        {
            if (method == nameof(IVfioKernel.ReadAt))
            {
                config.Poke(Capability + PciRegs.PCI_PM_CTRL, 0x03);
            }
        };
        ErrorAssert.Refused(VfioErrorKind.Refused, "write PMCSR", 0, FakeMachine.Address, () => device.Power.SetState(PciPowerState.D0));
        _machine.Kernel.Before = null;
    }

    [Fact]
    public void A_device_without_states_is_in_d0()
    {
        using VfioDevice device = _machine.Open();
        Assert.False(device.Power.HasStates);
        Assert.Equal(PciPowerState.D0, device.Power.State);
        device.Power.SetState(PciPowerState.D0);
        ErrorAssert.Refused(VfioErrorKind.NotSupported, "write PMCSR", 0, FakeMachine.Address, () => device.Power.SetState(PciPowerState.D3Hot));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Power.SetState((PciPowerState)(-1)));
    }

    [Fact]
    public void Low_power_is_entered_once_and_left_any_number_of_times()
    {
        using VfioDevice device = _machine.Open();
        device.Power.EnterLowPower();
        Assert.True(_isLow);
        ErrorAssert.Refused(
            VfioErrorKind.Refused, "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY", Errno.EINVAL, FakeMachine.Address, device.Power.EnterLowPower);
        ErrorAssert.Refused(
            VfioErrorKind.Refused,
            "VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP",
            Errno.EINVAL,
            FakeMachine.Address,
            () => device.Power.EnterLowPowerUntilWoken());
        device.Power.ExitLowPower();
        device.Power.ExitLowPower();
        Assert.False(_isLow);
    }

    [Fact]
    public async Task The_kernels_event_wakes_all_who_wait()
    {
        using VfioDevice device = _machine.Open();
        using PowerWakeup wakeup = device.Power.EnterLowPowerUntilWoken();
        Assert.False(wakeup.IsWoken);
        Assert.Throws<TimeoutException>(() => wakeup.Wait(TimeSpan.Zero));
        Task awaited = wakeup.WaitAsync().AsTask();
        Task blocked = Task.Run(() => wakeup.Wait(_limit));
        Assert.True(_event >= 0);

        _isLow = false;
        Assert.Equal(0, _machine.Kernel.WriteEventFd(_event, 1));

        await awaited;
        await blocked;
        Assert.True(wakeup.IsWoken);
        Assert.True(wakeup.IsWoken);
    }

    [Fact]
    public void The_exit_wakes_too_and_a_disposed_wakeup_is_left_alone()
    {
        using VfioDevice device = _machine.Open();
        PowerWakeup wakeup = device.Power.EnterLowPowerUntilWoken();
        device.Power.ExitLowPower();
        Assert.True(wakeup.TryWait(_limit));
        wakeup.Dispose();
        wakeup.Dispose();
        Assert.Throws<ObjectDisposedException>(() => wakeup.IsWoken);

        PowerWakeup next = device.Power.EnterLowPowerUntilWoken();
        next.Dispose();
        Assert.True(_isLow);
        device.Power.ExitLowPower();
    }

    [Fact]
    public void A_refusal_leaves_no_event()
    {
        using VfioDevice device = _machine.Open();
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.CreateEventFd), Errno.EMFILE);
        ErrorAssert.Refused(VfioErrorKind.Refused, "eventfd", Errno.EMFILE, "eventfd", () => device.Power.EnterLowPowerUntilWoken());
        IReadOnlyList<string> before = [.. _machine.Kernel.OpenKinds];
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.DeviceFeature), Errno.ENOTTY);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => device.Power.EnterLowPowerUntilWoken()).Kind);
        Assert.Equal(before, _machine.Kernel.OpenKinds);
    }

    private int Enter()
    {
        if (_isLow)
        {
            return -Errno.EINVAL;
        }

        _isLow = true;
        return 0;
    }

    private void Serve(DeviceFeature feature, int size, Func<byte[], int> handle)
        => _machine.Device.Features.Add(
            (uint)feature, new FakeFeature((uint)VFIO_DEVICE_FEATURE_SET, size, (_, data) => handle(data.ToArray())));
}
