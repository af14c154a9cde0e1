using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vfio.Core;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Irq;

/// <summary>Triggers an interrupt each time that somebody sleeps for it, and takes the time until they are awake.</summary>
internal sealed class IrqTrigger(Interrupt interrupt, IrqWaiter waiter, TimeSpan gap, CancellationToken cancellationToken)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly long _gap = (long)(gap.TotalSeconds * Stopwatch.Frequency);
    private int _round;

    /// <summary>Takes samples until they are full, the time is over, or the user wants no more.</summary>
    /// <exception cref="VfioException">An interrupt was triggered, and nobody woke.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(Samples samples, TimeSpan time)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (!samples.IsFull && !cancellationToken.IsCancellationRequested && Stopwatch.GetTimestamp() < deadline)
        {
            _round++;
            Await(_round, isWoken: false);
            long asleep = Stopwatch.GetTimestamp() + _gap;
            while (Stopwatch.GetTimestamp() < asleep)
            {
                // Where there is one processor only, the other thread needs it to fall asleep.
                Thread.Yield();
            }

            long start = Stopwatch.GetTimestamp();
            interrupt.Trigger();
            Await(_round, isWoken: true);
            samples.Add(waiter.WokeAt - start);
        }
    }

    private void Await(int round, bool isWoken)
    {
        long begin = Stopwatch.GetTimestamp();
        while ((isWoken ? waiter.Woken : waiter.Armed) < round)
        {
            waiter.ThrowIfFailed();
            if (Stopwatch.GetElapsedTime(begin) > _patience)
            {
                throw new VfioException(
                    VfioErrorKind.Refused,
                    "VFIO_IRQ_SET_ACTION_TRIGGER",
                    $"vector {interrupt.Vector}",
                    $"the {waiter.Name} waiter did not {(isWoken ? "wake" : "begin to wait")} within {_patience.TotalSeconds} seconds",
                    "Try again, or try another kind of interrupt (--kind)");
            }

            Thread.Yield();
        }
    }
}
