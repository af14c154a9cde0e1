namespace Vfio.Core;

/// <summary>
/// The free part of an address space: sorted, disjoint extents, given out lowest first and joined when they come back.
/// </summary>
/// <remarks>
/// Not thread-safe: the address space calls it under its lock. Every call takes time with the logarithm of the number of extents, and
/// allocates nothing unless there are more than ever before. (Looking for an alignment that is larger than that of most extents also
/// looks at those that are long enough and lie askew.) Extents are kept with both ends included, so that the last address
/// of 64 bits needs no special case.
/// </remarks>
internal sealed class IovaAllocator
{
    private readonly ExtentTree<LongestExtent> _free = new();

    /// <summary>The number of free extents.</summary>
    public int FragmentCount => _free.Count;

    /// <summary>Starts over with these ranges, sorted and disjoint, all free.</summary>
    public void Reset(ReadOnlySpan<IovaRange> ranges)
    {
        _free.Clear();
        foreach (IovaRange range in ranges)
        {
            _free.Add(range.First.Value, range.Last.Value);
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
        int node = LowestFit(length - 1, alignment, lowest, highest, out start);
        if (node == 0)
        {
            return false;
        }

        Carve(node, start, start + (length - 1));
        return true;
    }

    /// <summary>Takes a given range, if all of it is free.</summary>
    public bool TryReserve(ulong start, ulong length)
    {
        int node = _free.AtOrBelow(start);
        if (node == 0 || start > _free.Last(node) || length - 1 > _free.Last(node) - start)
        {
            return false;
        }

        Carve(node, start, start + (length - 1));
        return true;
    }

    /// <summary>Gives a range back that was taken before.</summary>
    public void Free(ulong start, ulong length)
    {
        ulong last = start + (length - 1);
        int below = _free.AtOrBelow(start);
        int above = below != 0 ? _free.Next(below) : _free.Lowest();
        bool joinsBelow = below != 0 && _free.Last(below) + 1 == start;
        bool joinsAbove = above != 0 && last + 1 == _free.First(above);
        if (joinsBelow && joinsAbove)
        {
            ulong end = _free.Last(above);
            ulong beginning = _free.First(below);
            _free.Remove(above);

            // Removal may have moved it to another node.
            _free.Resize(_free.AtOrBelow(beginning), beginning, end);
        }
        else if (joinsBelow)
        {
            _free.Resize(below, _free.First(below), last);
        }
        else if (joinsAbove)
        {
            _free.Resize(above, start, _free.Last(above));
        }
        else
        {
            _free.Add(start, last);
        }
    }

    private static bool Fits(ulong first, ulong last, ulong reach, ulong alignment, ulong lowest, ulong highest, out ulong start)
    {
        ulong mask = alignment - 1;
        ulong from = Math.Max(first, lowest);
        ulong to = Math.Min(last, highest);
        start = unchecked(from + mask) & ~mask;
        return start >= from && start <= to && reach <= to - start;
    }

    // In order, and only into subtrees that have an extent long enough.
    private int LowestFit(ulong reach, ulong alignment, ulong lowest, ulong highest, out ulong start)
    {
        int node = _free.Root;
        bool seenLeft = false;
        while (node != 0)
        {
            ulong first = _free.First(node);
            int left = _free.Left(node);
            if (!seenLeft && left != 0 && first > lowest && _free.Most(left) >= reach)
            {
                node = left;
                continue;
            }

            if (first > highest)
            {
                break;
            }

            if (Fits(first, _free.Last(node), reach, alignment, lowest, highest, out start))
            {
                return node;
            }

            int right = _free.Right(node);
            if (right != 0 && _free.Most(right) >= reach)
            {
                node = right;
                seenLeft = false;
            }
            else
            {
                node = _free.FirstAbove(node);
                seenLeft = true;
            }
        }

        start = 0;
        return 0;
    }

    private void Carve(int node, ulong first, ulong last)
    {
        ulong beginning = _free.First(node);
        ulong end = _free.Last(node);
        bool keepsBelow = first > beginning;
        bool keepsAbove = last < end;
        if (keepsBelow)
        {
            _free.Resize(node, beginning, first - 1);
            if (keepsAbove)
            {
                _free.Add(last + 1, end);
            }
        }
        else if (keepsAbove)
        {
            _free.Resize(node, last + 1, end);
        }
        else
        {
            _free.Remove(node);
        }
    }
}
