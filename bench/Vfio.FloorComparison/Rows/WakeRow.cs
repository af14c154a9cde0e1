using System.Diagnostics;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>
/// From the trigger of an interrupt to the program that waits for it. The floor is a thread that is blocked in a read of the
/// eventfd, also against the await.
/// </summary>
internal sealed class WakeRow(string name, bool isAsync) : IRow
{
    // So that whoever waits has long been blocked. As long as the floor's.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(2);

    public IReadOnlyList<string> Names { get; } = [name];

    // A pass is a trigger, and the pause before it.
    public Load Load { get; } = new(Passes: 21, Count: 1);

    public int Rounds => 51;

    public int QuickRounds => 11;

    public IReadOnlyList<FloorRequest> Requests(Place place) => [new("irq.wake", place.Backend, place.Edu, Load)];

    public IReadOnlyList<Figure> Run(Place place, Load load)
    {
        using VfioDevice device = place.Open(place.Edu);
        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        var times = new double[load.Passes];
        using IWaiter waiter = isAsync ? new AwaitingWaiter(msi[0]) : new BlockingWaiter(msi[0]);

        // What is made once is made now, threads too.
        _ = Wake(msi[0], waiter);
        using (new ProcessorSplit())
        {
            long bytes = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = Wake(msi[0], waiter);
            }

            // Whoever waits is another thread, so the whole process is counted.
            bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
            return [new Figure(Median.Of(times), (double)bytes / times.Length)];
        }
    }

    private static double Wake(Interrupt interrupt, IWaiter waiter)
    {
        int before = waiter.Count;
        Thread.Sleep(_pause);
        long begin = Stopwatch.GetTimestamp();
        interrupt.Trigger();
        do
        {
            Thread.Sleep(_pause);
        }
        while (waiter.Count == before);

        return Stopwatch.GetElapsedTime(begin, waiter.LastWake).TotalNanoseconds;
    }
}
