using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

/// <summary>Triggers, waits of all kinds, and ends of vectors at the same time, in many threads, for half a minute.</summary>
public sealed class RaceTests
{
    private const long Milliseconds = 30_000;

    private static readonly SpinPolicy _spin = SpinPolicy.Adaptive(TimeSpan.FromMicroseconds(50)) with { EvenOnOneProcessor = true };

    private long _made;
    private long _seen;

    [Fact]
    public void Every_trigger_is_handed_out_once_or_told_of_as_untaken()
    {
        Mode.RequireBest();
        using var taken = new Taken(TestDevice.Igb());
        long end = Environment.TickCount64 + Milliseconds;
        int rounds = 0;
        var random = new Random(11);
        while (Environment.TickCount64 < end)
        {
            (_made, _seen) = (0, 0);
            rounds++;
            InterruptSet set = taken.Device.Interrupts.Msix.Enable(2);
            Interrupt vector = set[1];
            InterruptHandler? handler = rounds % 3 == 0 ? vector.Handle(Count, new InterruptHandlerOptions { Spin = _spin }) : null;
            Thread[] threads =
            [
                Start(() => Trigger(vector)),
                Start(() => Trigger(vector)),
                Start(() => Count(vector.Wait(Timeout.InfiniteTimeSpan))),
                Start(() => Count(vector.Wait(Timeout.InfiniteTimeSpan, _spin))),
                Start(() => Count(vector.TryWait(TimeSpan.FromMilliseconds(1), out ulong count) ? count : 0)),
                Start(() => Count(vector.WaitAsync().AsTask().GetAwaiter().GetResult())),
            ];
            Thread.Sleep(random.Next(200));
            if (rounds % 2 == 0)
            {
                set.Dispose();
            }
            else
            {
                set.Remove(1);
            }

            Array.ForEach(threads, static thread => thread.Join());
            handler?.Dispose();
            InterruptStatistics statistics = vector.Statistics;
            Assert.Equal(_seen, (long)statistics.Triggers);
            Assert.Equal(_made, (long)(statistics.Triggers + statistics.Untaken));
            set.Dispose();
        }

        Assert.NotEqual(0, rounds);
    }

    /// <summary>A thread that repeats something until its vector ends.</summary>
    private static Thread Start(Action step)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    step();
                }
            }
            catch (ObjectDisposedException)
            {
                // What it waits for.
            }
        });
        thread.Start();
        return thread;
    }

    private void Trigger(Interrupt vector)
    {
        vector.Trigger();
        Interlocked.Increment(ref _made);
    }

    private void Count(ulong count) => Interlocked.Add(ref _seen, (long)count);
}
