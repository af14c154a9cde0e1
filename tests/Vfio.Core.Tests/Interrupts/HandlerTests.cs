using System.Collections.Concurrent;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Handlers, which are called for each wake.</summary>
public sealed class HandlerTests : IDisposable
{
    private const int Intx = (int)VFIO_PCI_INTX_IRQ_INDEX;
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public HandlerTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_trigger_is_handed_over_on_one_thread(bool polls)
    {
        const int Triggers = 2000;
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        long seen = 0;
        var threads = new ConcurrentDictionary<string, bool>();
        var all = new TaskCompletionSource();
        var options = new InterruptHandlerOptions
        {
            Spin = polls ? SpinPolicy.Adaptive(TimeSpan.FromMilliseconds(1)) with { EvenOnOneProcessor = true } : SpinPolicy.None,
        };
        using InterruptHandler handler = set[0].Handle(
            count =>
            {
                threads.TryAdd(Thread.CurrentThread.Name!, Thread.CurrentThread.IsThreadPoolThread);
                if ((seen += (long)count) == Triggers)
                {
                    all.SetResult();
                }
            },
            options);
        for (int i = 0; i < Triggers; i++)
        {
            Trigger();
        }

        await all.Task;
        handler.Dispose();
        await handler.Completion;
        Assert.Equal(Triggers, seen);
        Assert.Equal(($"Vfio {FakeMachine.Address} vector 0", false), (Assert.Single(threads).Key, threads.Values.Single()));
        Assert.Equal((ulong)Triggers, set[0].Statistics.Triggers);
    }

    [Fact]
    public async Task One_that_ends_leaves_its_triggers_to_the_next()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        InterruptHandler first = set[0].Handle(static _ => Assert.Fail("Nothing was triggered."));
        Assert.Throws<InvalidOperationException>(() => set[0].Handle(static _ => { }));
        first.Dispose();
        first.Dispose();
        await first.Completion;
        Trigger();
        Assert.Equal(1UL, await set[0].WaitAsync());
        Trigger();
        var taken = new TaskCompletionSource<ulong>();
        using InterruptHandler second = set[0].Handle(taken.SetResult);
        Assert.Equal(1UL, await taken.Task);
    }

    [Fact]
    public async Task What_it_throws_is_told_and_ends_it()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        InterruptHandler handler = set[0].Handle(static _ => throw new InvalidTimeZoneException("mine"));
        Trigger();
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidTimeZoneException>(() => handler.Completion)).Message);
        Trigger();
        Assert.Equal(1UL, await set[0].WaitAsync());

        // It has made room for another, and can still be disposed.
        using InterruptHandler next = set[0].Handle(static _ => { });
        handler.Dispose();
    }

    [Fact]
    public async Task A_dispose_waits_for_the_call_that_is_running()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        bool left = false;
        InterruptHandler handler = set[0].Handle(_ =>
        {
            entered.Set();
            leave.Wait();
            Volatile.Write(ref left, true);
        });
        Trigger();
        entered.Wait();
        var disposing = new Thread(() =>
        {
            set.Dispose();
            Assert.True(Volatile.Read(ref left));
        });
        disposing.Start();

        // Others can use the set meanwhile, to find it disposed.
        SpinWait.SpinUntil(() => Throws(() => set.Add(3)));
        leave.Set();
        disposing.Join();
        await handler.Completion;
    }

    [Theory]
    [InlineData("handler")]
    [InlineData("vector")]
    [InlineData("set")]
    [InlineData("device")]
    public async Task It_may_end_itself(string what)
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(2);
        InterruptHandler? handler = null;
        using var known = new ManualResetEventSlim();
        handler = set[0].Handle(_ =>
        {
            known.Wait();
            switch (what)
            {
                case "handler":
                    handler!.Dispose();
                    break;
                case "vector":
                    set.Remove(0);
                    break;
                case "device":
                    _device.Dispose();
                    break;
                default:
                    set.Dispose();
                    break;
            }
        });
        known.Set();
        Trigger();
        await handler.Completion;
        set.Dispose();
    }

    [Fact]
    public async Task Two_that_dispose_their_set_do_not_wait_for_each_other()
    {
        for (int round = 0; round < 50; round++)
        {
            InterruptSet set = _device.Interrupts.Msix.Enable(2);
            using var both = new Barrier(3);
            InterruptHandler[] handlers = [.. set.Select(interrupt => interrupt.Handle(_ =>
            {
                both.SignalAndWait();
                set.Dispose();
            }))];
            _machine.Kernel.Trigger(_machine.Device, Msix, 0);
            _machine.Kernel.Trigger(_machine.Device, Msix, 1);
            both.SignalAndWait();
            await Task.WhenAll(handlers.Select(static handler => handler.Completion));
            set.Dispose();
        }
    }

    [Fact]
    public async Task A_set_that_is_disposed_ends_the_wait_that_a_handler_of_it_is_in()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(2);
        using var entered = new ManualResetEventSlim();
        InterruptHandler handler = set[0].Handle(_ =>
        {
            entered.Set();
            Assert.Throws<ObjectDisposedException>(() => set[1].Wait(Timeout.InfiniteTimeSpan));
        });
        Trigger();
        entered.Wait();
        set.Dispose();
        await handler.Completion;
    }

    [Fact]
    public async Task A_device_that_is_being_disposed_does_not_wait_for_a_handler_that_disposes_it()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        using var entered = new ManualResetEventSlim();
        InterruptHandler handler = set[0].Handle(_ =>
        {
            entered.Set();
            SpinWait.SpinUntil(() => Throws(() => _device.Interrupts.Msix.Enable(1)));
            _device.Dispose();
        });
        Trigger();
        entered.Wait();
        _device.Dispose();
        await handler.Completion;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_is_unmasked_when_it_returns(bool resamples)
    {
        using InterruptSet set = _device.Interrupts.Intx.Enable(1);
        if (resamples)
        {
            set[0].EnableResample();
        }

        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        const int Triggers = 100;
        long seen = 0;
        using var served = new AutoResetEvent(false);
        InterruptHandler handler = set[0].Handle(
            count =>
            {
                seen += (long)count;
                served.Set();
            },
            new InterruptHandlerOptions { Unmask = true });
        for (int i = 0; i < Triggers; i++)
        {
            // Masked still, it is pending, and comes with the unmasking.
            _machine.Kernel.Trigger(_machine.Device, Intx);
            served.WaitOne();
        }

        handler.Dispose();
        await handler.Completion;
        Assert.Equal(Triggers, seen);
        Assert.Equal(resamples ? 0 : Triggers, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)) - calls);
    }

    [Fact]
    public void What_cannot_be_unmasked_says_so()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        Assert.Equal(
            VfioErrorKind.NotSupported,
            Assert.Throws<VfioException>(() => set[0].Handle(static _ => { }, new InterruptHandlerOptions { Unmask = true })).Kind);
    }

    [Fact]
    public async Task A_refusal_of_the_kernel_ends_it()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(1);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.CreateEpoll), Errno.EMFILE);
        Assert.Equal(Errno.EMFILE, Assert.Throws<VfioException>(() => set[0].Handle(static _ => { })).Errno);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.PollRead), Errno.ENOMEM);
        InterruptHandler handler = set[0].Handle(static _ => { });
        Assert.Equal(Errno.ENOMEM, (await Assert.ThrowsAsync<VfioException>(() => handler.Completion)).Errno);
        using InterruptHandler next = set[0].Handle(static _ => { });
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Trigger() => Assert.True(_machine.Kernel.Trigger(_machine.Device, Msix));
}
