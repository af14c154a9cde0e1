using System.Diagnostics;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Waits that poll before they block, and what is counted of waits.</summary>
public sealed class SpinTests : IDisposable
{
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private static readonly SpinPolicy _day = SpinPolicy.Fixed(TimeSpan.FromDays(1)) with { EvenOnOneProcessor = true };

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;
    private readonly Interrupt _vector;

    public SpinTests()
    {
        _device = _machine.Open();
        _vector = _device.Interrupts.Msix.Enable(1)[0];
    }

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void A_trigger_that_comes_while_it_polls_needs_no_block()
    {
        var source = new Thread(Trigger);
        source.Start();
        Assert.Equal(1UL, _vector.Wait(Timeout.InfiniteTimeSpan, _day));
        source.Join();
        Assert.Equal(0, _machine.Kernel.Faults.Count(nameof(IVfioKernel.WaitEventFd)));
        Assert.Equal(0, _machine.Kernel.Faults.Count(nameof(IVfioKernel.PollRead)));
    }

    [Fact]
    public void It_blocks_when_the_limit_is_over()
    {
        SpinPolicy little = SpinPolicy.Fixed(TimeSpan.FromTicks(1)) with { EvenOnOneProcessor = true };
        var source = new Thread(() =>
        {
            SpinWait.SpinUntil(() => _machine.Kernel.Faults.Count(nameof(IVfioKernel.WaitEventFd)) != 0);
            Trigger();
        });
        source.Start();
        Assert.Equal(1UL, _vector.Wait(Timeout.InfiniteTimeSpan, little));
        source.Join();
    }

    [Fact]
    public void A_time_limit_ends_the_polling_too()
    {
        Assert.False(_vector.TryWait(TimeSpan.FromMilliseconds(1), _day, out ulong none));
        Assert.Equal(0UL, none);
        Assert.False(_vector.TryWait(TimeSpan.Zero, _day, out _));
        Assert.False(_vector.TryWait(TimeSpan.FromMilliseconds(1), SpinPolicy.None, out _));
        Assert.Throws<TimeoutException>(() => _vector.Wait(TimeSpan.Zero, _day));
        Assert.Throws<ArgumentOutOfRangeException>(() => _vector.Wait(TimeSpan.FromSeconds(-2), _day));
        Assert.Throws<ArgumentNullException>(() => _vector.Wait(TimeSpan.Zero, null!));
        Assert.Equal(0UL, _vector.Statistics.Wakes);
    }

    [Fact]
    public void A_dispose_ends_the_polling()
    {
        var waiting = new Thread(() => Assert.Throws<ObjectDisposedException>(() => _vector.Wait(Timeout.InfiniteTimeSpan, _day)));
        waiting.Start();
        SpinWait.SpinUntil(() => _machine.Kernel.Faults.Count(nameof(IVfioKernel.ReadEventFd)) > 10);
        _device.Dispose();
        waiting.Join();
        Assert.Throws<ObjectDisposedException>(() => _vector.Wait(Timeout.InfiniteTimeSpan, _day));
    }

    [Fact]
    public void On_one_processor_nothing_polls_unless_asked()
    {
        SpinPolicy policy = SpinPolicy.Fixed(TimeSpan.FromSeconds(1));
        Assert.Equal(0, new SpinBudget(1).Next(policy));
        Assert.Equal(0, new SpinBudget(1).Next(SpinPolicy.Adaptive(TimeSpan.FromSeconds(1))));
        Assert.Equal(Stopwatch.Frequency, new SpinBudget(1).Next(policy with { EvenOnOneProcessor = true }));
        Assert.Equal(Stopwatch.Frequency, new SpinBudget(2).Next(policy));
        Assert.Equal(0, new SpinBudget(2).Next(SpinPolicy.None));
    }

    [Fact]
    public void An_adaptive_limit_follows_the_triggers()
    {
        const long Limit = 16 * 1000;
        SpinPolicy policy = SpinPolicy.Adaptive(TimeSpan.FromSeconds((double)Limit / Stopwatch.Frequency));
        var budget = new SpinBudget(2);
        Assert.Equal(1000, budget.Next(policy));

        // Just missed: it grows up to the limit.
        foreach (long expected in (long[])[2000, 4000, 8000, Limit, Limit])
        {
            budget.Learn(policy, budget.Next(policy), Limit);
            Assert.Equal(expected, budget.Next(policy));
        }

        // Found while it polled: it stays.
        budget.Learn(policy, Limit, 500);
        Assert.Equal(Limit, budget.Next(policy));

        // Far off: it shrinks to nothing, and starts over when triggers come close again.
        foreach (long expected in (long[])[8000, 4000, 2000, 1000, 0, 0])
        {
            budget.Learn(policy, budget.Next(policy), Limit + 1);
            Assert.Equal(expected, budget.Next(policy));
        }

        budget.Learn(policy, 0, 10);
        Assert.Equal(1000, budget.Next(policy));
        Assert.Equal(500, budget.Next(SpinPolicy.Adaptive(TimeSpan.FromSeconds(500.0 / Stopwatch.Frequency))));
    }

    [Fact]
    public void Limits_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SpinPolicy.Fixed(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SpinPolicy.Adaptive(TimeSpan.MaxValue));
        Assert.True(SpinPolicy.Adaptive(TimeSpan.FromTicks(3)).IsAdaptive);
        Assert.Equal(TimeSpan.FromTicks(3), SpinPolicy.Fixed(TimeSpan.FromTicks(3)).Limit);
    }

    [Fact]
    public async Task Statistics_count_what_waits_are_given()
    {
        Assert.Equal(default, _vector.Statistics);
        Trigger();
        Trigger();
        Assert.Equal(2UL, await _vector.WaitAsync());
        InterruptStatistics first = _vector.Statistics;
        Assert.Equal((2UL, 1UL, 1UL, 0UL), (first.Triggers, first.Waits, first.Wakes, first.Untaken));
        Assert.True(first.SinceLastWake >= TimeSpan.Zero);
        ValueTask<ulong> pending = _vector.WaitAsync();
        Trigger();
        await pending;
        Assert.False(_vector.TryWait(TimeSpan.Zero, out _));
        Trigger();
        Assert.True(_vector.TryWait(TimeSpan.Zero, _day, out _));
        InterruptStatistics second = _vector.Statistics;
        Assert.Equal((4UL, 4UL, 3UL, 0UL), (second.Triggers, second.Waits, second.Wakes, second.Untaken));
        Trigger();
        _device.Dispose();
        Assert.Equal(second with { Untaken = 1, SinceLastWake = null }, _vector.Statistics with { SinceLastWake = null });
    }

    private void Trigger() => _machine.Kernel.Trigger(_machine.Device, Msix);
}
