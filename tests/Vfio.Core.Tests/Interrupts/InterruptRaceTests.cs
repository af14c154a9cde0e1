using System.Collections.Concurrent;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Waits of all kinds, in many threads, on one vector.</summary>
public sealed class InterruptRaceTests : IDisposable
{
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public InterruptRaceTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public async Task No_trigger_is_lost_or_counted_twice()
    {
        const int Triggers = 4000;
        const int Sources = 3;
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        long seen = 0;
        using var all = new ManualResetEventSlim();
        void Count(ulong count)
        {
            if (Interlocked.Add(ref seen, (long)count) >= Triggers * Sources)
            {
                all.Set();
            }
        }

        Thread[] waiters = [.. Enumerable.Range(0, 2).Select(_ => Start(() =>
        {
            while (true)
            {
                Count(set[0].Wait(Timeout.InfiniteTimeSpan));
            }
        }))];
        Task awaiting = Task.Run(async () =>
        {
            while (true)
            {
                Count(await set[0].WaitAsync());
            }
        });
        Thread[] sources = [.. Enumerable.Range(0, Sources).Select(_ => Start(() =>
        {
            for (int i = 0; i < Triggers; i++)
            {
                _machine.Kernel.Trigger(_machine.Device, Msix);
            }
        }))];
        Array.ForEach(sources, static thread => thread.Join());
        all.Wait();
        set.Dispose();
        Array.ForEach(waiters, static thread => thread.Join());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => awaiting);
        Assert.Equal(Triggers * Sources, seen);
    }

    [Fact]
    public void Dispose_ends_every_blocking_wait()
    {
        for (int round = 0; round < 100; round++)
        {
            InterruptSet set = _device.Interrupts.Msix.Enable(1);
            var ended = new ConcurrentBag<bool>();
            Thread[] waiters = [.. Enumerable.Range(0, 4).Select(_ => Start(() =>
            {
                while (true)
                {
                    ended.Add(set[0].TryWait(Timeout.InfiniteTimeSpan, out ulong _));
                }
            }))];
            if (round % 2 == 0)
            {
                _machine.Kernel.Trigger(_machine.Device, Msix);
            }

            set.Dispose();
            Array.ForEach(waiters, static thread => thread.Join());
            Assert.True(ended.Count <= 1);
        }
    }

    [Fact]
    public async Task Dispose_ends_an_await_that_is_just_being_made()
    {
        for (int round = 0; round < 200; round++)
        {
            InterruptSet set = _device.Interrupts.Msix.Enable(1);
            Task waiting = Task.Run(async () =>
            {
                while (true)
                {
                    await set[0].WaitAsync();
                }
            });
            _machine.Kernel.Trigger(_machine.Device, Msix);
            set.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        }
    }

    /// <summary>A thread that runs until its interrupt is disposed.</summary>
    private static Thread Start(Action body)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (ObjectDisposedException)
            {
                // What it waits for.
            }
        });
        thread.Start();
        return thread;
    }
}
