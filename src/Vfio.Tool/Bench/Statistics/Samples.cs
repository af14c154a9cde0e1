using System.Diagnostics;

namespace Vfio.Tool.Bench.Statistics;

/// <summary>Measured times in ticks of the clock, in memory that is there before the measurement begins.</summary>
/// <param name="capacity">How many it holds.</param>
internal sealed class Samples(int capacity)
{
    private readonly long[] _ticks = new long[capacity];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is no room for another.</summary>
    public bool IsFull => Count == _ticks.Length;

    /// <summary>How many operations one sample is the time of.</summary>
    public int Batch { get; set; } = 1;

    /// <summary>What one unit of a sample is for one operation.</summary>
    public double NanosecondsPerUnit => 1e9 / Stopwatch.Frequency / Batch;

    /// <summary>All times added.</summary>
    public TimeSpan Total
    {
        get
        {
            long total = 0;
            foreach (long ticks in _ticks.AsSpan(0, Count))
            {
                total += ticks;
            }

            return Stopwatch.GetElapsedTime(0, total);
        }
    }

    public void Add(long ticks) => _ticks[Count++] = ticks;

    public void Clear() => Count = 0;

    /// <summary>Sorts the samples, for whoever looks at their distribution.</summary>
    public ReadOnlySpan<long> Sort()
    {
        Span<long> taken = _ticks.AsSpan(0, Count);
        taken.Sort();
        return taken;
    }

    /// <summary>The samples of several threads as one set.</summary>
    public static Samples Join(IReadOnlyList<Samples> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var all = new Samples(parts.Sum(static part => part.Count)) { Batch = parts[0].Batch };
        foreach (Samples part in parts)
        {
            part._ticks.AsSpan(0, part.Count).CopyTo(all._ticks.AsSpan(all.Count));
            all.Count += part.Count;
        }

        return all;
    }
}
