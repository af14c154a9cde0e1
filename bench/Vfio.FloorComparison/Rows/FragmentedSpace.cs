using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>
/// Pages of an address space, many of them live: of the lower part every second one is free, and came free in random order.
/// The floor's bench/floor/iova.c has the same one.
/// </summary>
internal sealed class FragmentedSpace
{
    private const ulong Page = 4096;
    private const ulong Lowest = 0x1_0000;
    private const ulong Last = (1UL << 48) - 1;
    private const ulong Seed = 0x9e37_79b9_7f4a_7c15;

    private readonly IovaAllocator _space = new();
    private readonly ulong[] _starts;
    private readonly int[] _order;
    private ulong _random = Seed;

    public FragmentedSpace(int live, int steps)
    {
        _starts = new ulong[steps];
        _order = new int[steps];
        _space.Reset([new IovaRange(new Iova(Lowest), new Iova(Last))]);
        Fragment(live);
    }

    /// <summary>Chooses the order in which the next pass frees.</summary>
    public void Shuffle() => Shuffle(_order);

    /// <summary>Allocates many pages, which fills the lowest holes, and frees them again, which leaves the space as it was.</summary>
    public void FillAndFree()
    {
        ulong[] starts = _starts;
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = Take();
        }

        foreach (int chosen in _order)
        {
            _space.Free(starts[chosen], Page);
        }
    }

    private void Fragment(int live)
    {
        var holes = new int[live / 2];
        var starts = new ulong[live + holes.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = Take();
        }

        Shuffle(holes);
        foreach (int hole in holes)
        {
            _space.Free(starts[(2 * hole) + 1], Page);
        }
    }

    private ulong Take()
        => _space.TryAllocate(Page, Page, Lowest, Last, out ulong start)
            ? start
            : throw new InvalidOperationException("The address space is full.");

    private void Shuffle(Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        for (int left = order.Length; left > 1; left--)
        {
            int chosen = Draw(left);
            (order[left - 1], order[chosen]) = (order[chosen], order[left - 1]);
        }
    }

    private int Draw(int below)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)((uint)(_random >> 32) % (uint)below);
    }
}
