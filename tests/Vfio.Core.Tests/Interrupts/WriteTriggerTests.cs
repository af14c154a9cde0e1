using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Writes that an event makes.</summary>
public sealed class WriteTriggerTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;
    private readonly DeviceRegion _bar;

    public WriteTriggerTests()
    {
        _device = _machine.Open();
        _bar = _device.Regions.Bar(2);
    }

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Theory]
    [InlineData(1, 0x12)]
    [InlineData(2, 0x1234)]
    [InlineData(4, 0x12345678)]
    [InlineData(8, 0x123456789abcdef0)]
    public void A_signal_writes_the_value(int width, ulong value)
    {
        using WriteTrigger trigger = _bar.CreateWriteTrigger(0x10, width, value);
        Assert.Equal((2, 0x10L, width, value), (trigger.Region, trigger.Offset, trigger.Width, trigger.Value));
        Assert.Equal(0UL, _bar.Read64(0x10));
        trigger.Signal();
        Assert.Equal(value, _bar.Read64(0x10));
        Assert.Equal(0UL, _bar.Read64(0x18));
        _bar.Write64(0x10, 0);
        trigger.Dispose();
        trigger.Dispose();
        Assert.Throws<ObjectDisposedException>(trigger.Signal);
        Assert.Throws<ObjectDisposedException>(trigger.ExportEvent);
        Assert.Equal(0UL, _bar.Read64(0x10));
        Assert.Empty(_machine.Device.WriteTriggers);
    }

    [Fact]
    public void The_device_ends_it_and_a_descriptor_outlives_it()
    {
        WriteTrigger trigger = _bar.CreateWriteTrigger(0x10, 4, 5);
        using SafeHandle descriptor = trigger.ExportEvent();
        Assert.Equal(0, _machine.Kernel.WriteEventFd((int)descriptor.DangerousGetHandle(), 1));
        Assert.Equal(5U, _bar.Read32(0x10));
        _device.Dispose();
        Assert.Throws<ObjectDisposedException>(trigger.Signal);
        Assert.Throws<ObjectDisposedException>(() => _bar.CreateWriteTrigger(0x10, 4, 5));
        trigger.Dispose();
    }

    [Fact]
    public void Wrong_writes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(0, 3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(0, 16, 0));
        Assert.Throws<ArgumentException>(() => _bar.CreateWriteTrigger(2, 4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(-4, 4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(0x100, 4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(0, 1, 0x100));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bar.CreateWriteTrigger(0, 4, 1UL << 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Regions.Bar(1).CreateWriteTrigger(0, 4, 0));
    }

    [Fact]
    public void Refusals_of_the_kernel_say_what_to_do()
    {
        DeviceRegion config = _device.Regions[(int)VFIO_PCI_CONFIG_REGION_INDEX];
        Refused(VfioErrorKind.NotSupported, Errno.EINVAL, "MSI-X table", () => config.CreateWriteTrigger(0x40, 4, 0));
        using WriteTrigger trigger = _bar.CreateWriteTrigger(0, 4, 1);
        Refused(VfioErrorKind.InUse, Errno.EEXIST, "already", () => _bar.CreateWriteTrigger(0, 4, 1));
        var others = new List<WriteTrigger>();
        for (uint value = 2; value <= 1000; value++)
        {
            others.Add(_bar.CreateWriteTrigger(0, 4, value));
        }

        Refused(VfioErrorKind.Refused, Errno.ENOSPC, "1000", () => _bar.CreateWriteTrigger(0, 4, 1001));
        others[0].Dispose();
        _bar.CreateWriteTrigger(0, 4, 1001).Dispose();
        others.ForEach(static other => other.Dispose());
        _machine.Device.HasWriteTriggers = false;
        Refused(VfioErrorKind.NotSupported, Errno.ENOTTY, "driver", () => _bar.CreateWriteTrigger(8, 4, 0));
        _machine.Device.HasWriteTriggers = true;
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIoEventFd), Errno.ENOMEM);
        Refused(VfioErrorKind.Refused, Errno.ENOMEM, "kernel log", () => _bar.CreateWriteTrigger(8, 4, 0));
    }

    [Fact]
    public void Whichever_call_fails_nothing_stays()
        => Assert.Equal(2, EveryCall.IsHarmless(_machine, Errno.ENOMEM, () => _bar.CreateWriteTrigger(8, 4, 0)));

    private static void Refused(VfioErrorKind kind, int errno, string remedy, Func<WriteTrigger> create)
    {
        VfioException error = ErrorAssert.Refused(kind, "VFIO_DEVICE_IOEVENTFD", errno, FakeMachine.Address, () => create());
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }
}
