using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>
/// Counts of times by their length: each power of two is cut into 128 equal parts, so that a time is known to within 0.8 per cent whatever it is.
/// (HdrHistogram is the model.) Recording allocates nothing.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class LatencyHistogram
{
    private const int Bits = 7;
    private const int Parts = 1 << Bits;
    private const int Ranges = 64 - Bits + 1;

    private readonly long[] _counts = new long[Ranges * Parts];
    private long _sum;

    /// <summary>How many times there are.</summary>
    public long Count { get; private set; }

    /// <summary>The shortest; zero if there is none.</summary>
    public long Min { get; private set; }

    /// <summary>The longest.</summary>
    public long Max { get; private set; }

    /// <summary>The mean; zero if there is none.</summary>
    public double Mean => Count == 0 ? 0 : (double)_sum / Count;

    /// <summary>Adds a time. A negative one counts as zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Record(long value)
    {
        value = Math.Max(value, 0);
        _counts[IndexOf(value)]++;
        _sum += value;
        Min = Count == 0 || value < Min ? value : Min;
        Max = value > Max ? value : Max;
        Count++;
    }

    /// <summary>Adds all of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        if (other.Count == 0)
        {
            return;
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        _sum += other._sum;
        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        _sum = Count = Min = Max = 0;
    }

    /// <summary>The time that a part of all do not exceed.</summary>
    /// <param name="part">The part, from 0 to 1: 0.99 for the 99th percentile.</param>
    public long Percentile(double part)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return Math.Min(HighestOf(i), Max);
            }
        }

        return Max;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(long value)
    {
        // Times below 128 have a place each; above, the upper eight bits choose.
        int shift = Math.Max(0, BitOperations.Log2((ulong)value) - Bits);
        return (shift << Bits) + (int)(value >> shift);
    }

    private static long HighestOf(int index)
    {
        int shift = Math.Max(0, (index >> Bits) - 1);
        long part = index - ((long)shift << Bits);
        return ((part + 1) << shift) - 1;
    }
}
