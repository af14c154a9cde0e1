namespace Vfio.Core;

/// <summary>Finds live mappings by an address inside of them, from one side.</summary>
/// <remarks>
/// Not thread-safe. Nothing is kept before the first look: who never looks pays nothing. Then everything that is live is entered, and
/// from there on each mapping as it comes and goes.
/// </remarks>
internal sealed class MappingIndex
{
    private readonly ExtentTree<LatestEnd> _tree = new();

    /// <summary>Whether somebody has looked.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Begins to be kept.</summary>
    public void Keep() => IsKept = true;

    public void Add(ulong first, ulong size, int slot)
    {
        if (IsKept)
        {
            _tree.Add(first, first + (size - 1), slot);
        }
    }

    public void Remove(ulong first, int slot)
    {
        if (IsKept)
        {
            _tree.Remove(_tree.Find(first, slot));
        }
    }

    /// <summary>The slot of a mapping that has a point, or -1. Where several do, any of them.</summary>
    public int Find(ulong point)
    {
        // Where the left side reaches the point and has no mapping over it, what reaches it begins behind it; so does all on the right.
        int node = _tree.Root;
        while (node != 0)
        {
            if (_tree.First(node) <= point && point <= _tree.Last(node))
            {
                return _tree.Value(node);
            }

            int left = _tree.Left(node);
            node = left != 0 && _tree.Most(left) >= point ? left : _tree.Right(node);
        }

        return -1;
    }
}
