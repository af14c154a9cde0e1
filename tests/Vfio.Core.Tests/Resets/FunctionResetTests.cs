using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

public sealed class FunctionResetTests : IDisposable
{
    private const string Step = "VFIO_DEVICE_RESET";

    private static readonly ResetOptions _once = new() { BusyTimeout = TimeSpan.Zero };

    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void It_reaches_the_device()
    {
        using VfioDevice device = _machine.Open();
        Assert.True(device.CanReset);
        device.Reset();
        device.Reset(_once);
        Assert.Equal(2, _machine.Device.Resets);
    }

    [Fact]
    public void Locks_are_waited_for_within_the_limit()
    {
        using VfioDevice device = _machine.Open();
        for (int i = 0; i < 3; i++)
        {
            _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ResetDevice), Errno.EAGAIN, skip: i);
        }

        device.Reset(new ResetOptions { BusyTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(4, _machine.Kernel.Faults.Count(nameof(IVfioKernel.ResetDevice)));
        _machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.ResetDevice), Errno.EAGAIN);
        ErrorAssert.Refused(VfioErrorKind.DeviceBusy, Step, Errno.EAGAIN, FakeMachine.Address, () => device.Reset(_once));
        Assert.Equal(5, _machine.Kernel.Faults.Count(nameof(IVfioKernel.ResetDevice)));
    }

    [Theory]
    [InlineData(Errno.ENOTTY, "reset_method")]
    [InlineData(Errno.EINVAL, "power cycle")]
    [InlineData(Errno.EIO, "power cycle")]
    public void A_reset_that_fails_says_what_may_help(int errno, string remedy)
    {
        using VfioDevice device = _machine.Open();
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ResetDevice), errno);
        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.Refused, Step, errno, FakeMachine.Address, device.Reset);
        Assert.Contains(remedy, refusal.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EINVAL)]
    [InlineData(Errno.ENOTTY)]
    public void A_device_without_one_says_so(int errno)
    {
        _machine.Device.Flags = (uint)VFIO_DEVICE_FLAGS_PCI;
        using VfioDevice device = _machine.Open();
        Assert.False(device.CanReset);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ResetDevice), errno);
        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.NotSupported, Step, errno, FakeMachine.Address, device.Reset);
        Assert.Contains("HotReset", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_outside_of_the_limits_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResetOptions { BusyTimeout = Timeout.InfiniteTimeSpan });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResetOptions { BusyTimeout = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ResetOptions { BusyTimeout = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) });
        Assert.Equal(TimeSpan.FromHours(1), new ResetOptions { BusyTimeout = TimeSpan.FromHours(1) }.BusyTimeout);
        using VfioDevice device = _machine.Open();
        Assert.Throws<ArgumentNullException>(() => device.Reset(null!));
    }
}
