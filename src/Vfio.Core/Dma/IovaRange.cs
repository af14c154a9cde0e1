namespace Vfio.Core;

/// <summary>A range of I/O virtual addresses, both ends included, so that it can reach the last address of 64 bits.</summary>
/// <param name="First">The first address of the range.</param>
/// <param name="Last">The last address of the range.</param>
public readonly record struct IovaRange(Iova First, Iova Last)
{
    /// <summary>Whether all of <paramref name="length"/> bytes at <paramref name="iova"/> lie in the range.</summary>
    public bool Contains(Iova iova, ulong length)
        => length != 0 && iova >= First && iova <= Last && length - 1 <= Last.Value - iova.Value;

    /// <summary>The range as first and last address in hexadecimal.</summary>
    public override string ToString() => $"{First}-{Last}";

    /// <summary>Sorts what the kernel told, in place.</summary>
    /// <exception cref="InvalidDataException">The ranges overlap, or one ends before it begins.</exception>
    internal static IovaRange[] Sorted(IovaRange[] ranges, string step)
    {
        Array.Sort(ranges, static (left, right) => left.First.CompareTo(right.First));
        for (int i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Last < ranges[i].First || (i > 0 && ranges[i].First <= ranges[i - 1].Last))
            {
                throw new InvalidDataException($"{step}: the kernel's IOVA ranges overlap or are upside down at {ranges[i]}.");
            }
        }

        return ranges;
    }
}
