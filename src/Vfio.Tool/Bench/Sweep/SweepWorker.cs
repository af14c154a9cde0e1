using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vfio.Core;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>One thread of a point: maps and unmaps the same memory, and takes the time of each.</summary>
internal sealed class SweepWorker(AddressSpace space, nint address, long length, DmaMapOptions options, int capacity)
{
    /// <summary>How many samples a point has at least, however long they take.</summary>
    public const int FewestSamples = 5;

    private const int WarmUp = 2;

    /// <summary>The times of mapping.</summary>
    public Samples Map { get; } = new(Math.Max(capacity, FewestSamples));

    /// <summary>The times of unmapping.</summary>
    public Samples Unmap { get; } = new(Math.Max(capacity, FewestSamples));

    /// <summary>Runs until the samples are full, the time is over, or the user wants no more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(TimeSpan time, CancellationToken cancellationToken)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            space.DangerousMapStreaming(address, length, options).Unmap();
        }

        Map.Clear();
        Unmap.Clear();
        long deadline = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (!Map.IsFull && !cancellationToken.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            StreamingMapping mapping = space.DangerousMapStreaming(address, length, options);
            long mapped = Stopwatch.GetTimestamp();
            mapping.Unmap();
            long end = Stopwatch.GetTimestamp();
            Map.Add(mapped - start);
            Unmap.Add(end - mapped);
            if (end >= deadline && Map.Count >= FewestSamples)
            {
                break;
            }
        }
    }
}
