using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The end of a vector at any moment, while threads of all kinds trigger it and wait for it.</summary>
public sealed class EndRaceTests : IDisposable
{
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private const int Rounds = 60;

    private static readonly SpinPolicy _spin = SpinPolicy.Fixed(TimeSpan.FromMicroseconds(20)) with { EvenOnOneProcessor = true };

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;
    private long _made;
    private long _seen;

    public EndRaceTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Every_trigger_is_handed_out_or_told_of_as_untaken()
    {
        var random = new Random(7);
        for (int round = 0; round < Rounds; round++)
        {
            (_made, _seen) = (0, 0);
            InterruptSet set = _device.Interrupts.Msix.Enable(2);
            Interrupt vector = set[1];
            InterruptHandler? handler = round % 3 == 0 ? vector.Handle(Count) : null;
            Thread[] threads =
            [
                Start(() => Trigger(vector)),
                Start(() => Trigger(vector)),
                Start(() => Count(vector.Wait(Timeout.InfiniteTimeSpan))),
                Start(() => Count(vector.Wait(Timeout.InfiniteTimeSpan, _spin))),
                Start(() => Count(vector.TryWait(TimeSpan.FromTicks(100), out ulong count) ? count : 0)),
                Start(() => Count(vector.WaitAsync().AsTask().GetAwaiter().GetResult())),
            ];
            Thread.SpinWait(random.Next(200_000));
            End(set, round);
            Array.ForEach(threads, static thread => thread.Join());
            handler?.Dispose();
            InterruptStatistics statistics = vector.Statistics;
            Assert.Equal(_seen, (long)statistics.Triggers);
            Assert.Equal(_made, (long)(statistics.Triggers + statistics.Untaken));
            set.Dispose();
        }
    }

    [Fact]
    public void A_trigger_of_the_device_is_handed_out_even_if_the_end_comes_with_it()
    {
        for (int round = 0; round < Rounds; round++)
        {
            _seen = 0;
            InterruptSet set = _device.Interrupts.Msix.Enable(2);
            Interrupt vector = set[1];
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => Start(() => Count(vector.Wait(Timeout.InfiniteTimeSpan))))];
            long made = 0;
            var source = new Thread(() =>
            {
                while (_machine.Kernel.Trigger(_machine.Device, Msix, 1))
                {
                    made++;
                }
            });
            source.Start();
            End(set, round);
            source.Join();
            Array.ForEach(threads, static thread => thread.Join());
            Assert.Equal(made, _seen + (long)vector.Statistics.Untaken);
            set.Dispose();
        }
    }

    private static void End(InterruptSet set, int round)
    {
        if (round % 2 == 0)
        {
            set.Dispose();
        }
        else
        {
            set.Remove(1);
        }
    }

    /// <summary>A thread that repeats something until its interrupt is disposed.</summary>
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
