namespace Vfio.Core;

/// <summary>
/// The free part of an address space: sorted, disjoint extents, given out lowest first and joined when they come back.
/// </summary>
/// <remarks>Not thread-safe: the address space calls it under its lock. Extents are kept with both ends included, so
/// that the last address of 64 bits needs no special case.</remarks>
internal sealed class IovaAllocator
{
    private Extent[] _free = new Extent[16];
    private int _count;

    /// <summary>The number of free extents.</summary>
    public int FragmentCount => _count;

    /// <summary>Starts over with these ranges, sorted and disjoint, all free.</summary>
    public void Reset(ReadOnlySpan<IovaRange> ranges)
    {
        _count = 0;
        foreach (IovaRange range in ranges)
        {
            Insert(_count, new Extent(range.First.Value, range.Last.Value));
        }
    }

    /// <summary>Takes the lowest free address that fits.</summary>
    /// <param name="length">Bytes, at least one.</param>
    /// <param name="alignment">A power of two.</param>
    /// <param name="lowest">No address below this.</param>
    /// <param name="highest">No byte above this.</param>
    /// <param name="start">The address.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryAllocate(ulong length, ulong alignment, ulong lowest, ulong highest, out ulong start)
    {
        for (int i = 0; i < _count; i++)
        {
            Extent extent = _free[i];
            if (extent.First > highest)
            {
                break;
            }

            ulong last = Math.Min(extent.Last, highest);
            if (TryAlign(Math.Max(extent.First, lowest), alignment, out start) && start <= last && length - 1 <= last - start)
            {
                Carve(i, start, start + (length - 1));
                return true;
            }
        }

        start = 0;
        return false;
    }

    /// <summary>Takes a given range, if all of it is free.</summary>
    public bool TryReserve(ulong start, ulong length)
    {
        int i = IndexAtOrBelow(start);
        if (i < 0 || start > _free[i].Last || length - 1 > _free[i].Last - start)
        {
            return false;
        }

        Carve(i, start, start + (length - 1));
        return true;
    }

    /// <summary>Gives a range back that was taken before.</summary>
    public void Free(ulong start, ulong length)
    {
        ulong last = start + (length - 1);
        int below = IndexAtOrBelow(start);
        int above = below + 1;
        bool joinsBelow = below >= 0 && _free[below].Last + 1 == start;
        bool joinsAbove = above < _count && last + 1 == _free[above].First;
        if (joinsBelow && joinsAbove)
        {
            _free[below] = new Extent(_free[below].First, _free[above].Last);
            RemoveAt(above);
        }
        else if (joinsBelow)
        {
            _free[below] = new Extent(_free[below].First, last);
        }
        else if (joinsAbove)
        {
            _free[above] = new Extent(start, _free[above].Last);
        }
        else
        {
            Insert(above, new Extent(start, last));
        }
    }

    private static bool TryAlign(ulong value, ulong alignment, out ulong aligned)
    {
        ulong mask = alignment - 1;
        aligned = unchecked(value + mask) & ~mask;
        return aligned >= value;
    }

    private void Carve(int index, ulong first, ulong last)
    {
        Extent extent = _free[index];
        bool keepsBelow = first > extent.First;
        bool keepsAbove = last < extent.Last;
        if (keepsBelow && keepsAbove)
        {
            _free[index] = new Extent(extent.First, first - 1);
            Insert(index + 1, new Extent(last + 1, extent.Last));
        }
        else if (keepsBelow)
        {
            _free[index] = new Extent(extent.First, first - 1);
        }
        else if (keepsAbove)
        {
            _free[index] = new Extent(last + 1, extent.Last);
        }
        else
        {
            RemoveAt(index);
        }
    }

    private int IndexAtOrBelow(ulong address)
    {
        int low = 0;
        int high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_free[middle].First <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    private void Insert(int index, Extent extent)
    {
        if (_count == _free.Length)
        {
            Array.Resize(ref _free, _count * 2);
        }

        Array.Copy(_free, index, _free, index + 1, _count - index);
        _free[index] = extent;
        _count++;
    }

    private void RemoveAt(int index)
    {
        _count--;
        Array.Copy(_free, index + 1, _free, index, _count - index);
    }

    private readonly record struct Extent(ulong First, ulong Last);
}
