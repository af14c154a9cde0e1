namespace Vfio.Native;

/// <summary>
/// Sizes of C structs that end in a flexible array. The C# struct has no such member, so that its size is C's; the array
/// is reached through the struct's static methods, which bear its name.
/// </summary>
public static class FlexibleArray
{
    /// <summary>The size in bytes of a header and the elements that follow it.</summary>
    /// <param name="headerSize">The header's <c>sizeof</c>.</param>
    /// <param name="offset">
    /// Where the array begins: C's <c>offsetof</c>, which is less than <paramref name="headerSize" /> when the header ends
    /// in padding.
    /// </param>
    /// <param name="elementSize">The <c>sizeof</c> of an element.</param>
    /// <param name="count">How many elements there are.</param>
    /// <returns>Never less than <paramref name="headerSize" />: the kernel copies at least the header.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count" /> is negative.</exception>
    /// <exception cref="OverflowException">The size does not fit.</exception>
    public static int SizeOf(int headerSize, int offset, int elementSize, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Math.Max(headerSize, checked(offset + (elementSize * count)));
    }
}
