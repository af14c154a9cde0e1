namespace Vfio.Core;

/// <summary>
/// Extents of 64-bit numbers, sorted by their first and then by a number that they carry: a balanced (AVL) tree that keeps the largest
/// <typeparamref name="TSummary"/> of every subtree, so that looking for an extent with a property costs no more than looking for a key.
/// </summary>
/// <remarks>
/// Not thread-safe. Nodes lie in one array and are used again, so that nothing is allocated while no more extents are
/// held than ever before. Nodes are named by their index; zero is none. An index is good until the next removal.
/// </remarks>
internal sealed class ExtentTree<TSummary>
    where TSummary : struct, IExtentSummary
{
    private const int None = 0;

    // The first is nobody: its height and figure, zero, stand for those of a child that is not there.
    private Node[] _nodes = new Node[16];
    private int _used = 1;
    private int _unused;
    private int _root;

    /// <summary>How many extents there are.</summary>
    public int Count { get; private set; }

    /// <summary>The node at the top, or zero.</summary>
    public int Root => _root;

    public ulong First(int node) => _nodes[node].First;

    public ulong Last(int node) => _nodes[node].Last;

    /// <summary>The number that the extent carries.</summary>
    public int Value(int node) => _nodes[node].Value;

    public int Left(int node) => _nodes[node].Left;

    public int Right(int node) => _nodes[node].Right;

    /// <summary>The largest figure in the subtree below a node. Meaningless for none.</summary>
    public ulong Most(int node) => _nodes[node].Most;

    /// <summary>Forgets all extents.</summary>
    public void Clear()
    {
        _root = None;
        _used = 1;
        _unused = None;
        Count = 0;
    }

    /// <summary>The last extent that begins at or before a point, or zero.</summary>
    public int AtOrBelow(ulong point)
    {
        int found = None;
        int node = _root;
        while (node != None)
        {
            ref Node at = ref _nodes[node];
            if (at.First <= point)
            {
                found = node;
                node = at.Right;
            }
            else
            {
                node = at.Left;
            }
        }

        return found;
    }

    /// <summary>The extent after another in order, or zero.</summary>
    public int Next(int node)
    {
        if (_nodes[node].Right != None)
        {
            node = _nodes[node].Right;
            while (_nodes[node].Left != None)
            {
                node = _nodes[node].Left;
            }

            return node;
        }

        return FirstAbove(node);
    }

    /// <summary>The extent after another and all that is below it in the tree, or zero.</summary>
    public int FirstAbove(int node)
    {
        int parent = _nodes[node].Parent;
        while (parent != None && _nodes[parent].Right == node)
        {
            node = parent;
            parent = _nodes[node].Parent;
        }

        return parent;
    }

    /// <summary>The first extent in order, or zero.</summary>
    public int Lowest()
    {
        int node = _root;
        while (node != None && _nodes[node].Left != None)
        {
            node = _nodes[node].Left;
        }

        return node;
    }

    /// <summary>The extent with this first and number, or zero.</summary>
    public int Find(ulong first, int value)
    {
        int node = _root;
        while (node != None)
        {
            ref Node at = ref _nodes[node];
            int order = Compare(first, value, at);
            if (order == 0)
            {
                break;
            }

            node = order < 0 ? at.Left : at.Right;
        }

        return node;
    }

    /// <summary>Adds an extent.</summary>
    public void Add(ulong first, ulong last, int value = 0)
    {
        int node = Take();
        int parent = None;
        bool left = false;
        int below = _root;
        while (below != None)
        {
            parent = below;
            ref Node at = ref _nodes[below];
            left = Compare(first, value, at) < 0;
            below = left ? at.Left : at.Right;
        }

        _nodes[node] = new Node
        {
            First = first,
            Last = last,
            Most = TSummary.Of(first, last),
            Parent = parent,
            Value = value,
            Height = 1,
        };
        Count++;
        if (parent == None)
        {
            _root = node;
            return;
        }

        if (left)
        {
            _nodes[parent].Left = node;
        }
        else
        {
            _nodes[parent].Right = node;
        }

        Mend(parent);
    }

    /// <summary>Moves the ends of an extent, by no more than leaves it in its place among the others.</summary>
    public void Resize(int node, ulong first, ulong last)
    {
        Node[] nodes = _nodes;
        nodes[node].First = first;
        nodes[node].Last = last;

        // No height changes, so that there is nothing to balance.
        while (node != None)
        {
            ref Node at = ref nodes[node];
            ulong most = Math.Max(TSummary.Of(at.First, at.Last), Math.Max(nodes[at.Left].Most, nodes[at.Right].Most));
            if (most == at.Most)
            {
                return;
            }

            at.Most = most;
            node = at.Parent;
        }
    }

    /// <summary>Takes an extent out.</summary>
    public void Remove(int node)
    {
        int place = node;
        ref Node gone = ref _nodes[node];
        if (gone.Left != None && gone.Right != None)
        {
            // The next one in order takes its place; it has no left child.
            node = Next(node);
            ref Node heir = ref _nodes[node];
            (gone.First, gone.Last, gone.Value) = (heir.First, heir.Last, heir.Value);
        }

        int child = _nodes[node].Left != None ? _nodes[node].Left : _nodes[node].Right;
        int parent = _nodes[node].Parent;
        Replace(parent, node, child);
        if (child != None)
        {
            _nodes[child].Parent = parent;
        }

        _nodes[node].Left = _unused;
        _unused = node;
        Count--;
        Mend(parent);
        if (place != node)
        {
            Mend(place);
        }
    }

    private static int Compare(ulong first, int value, in Node other)
        => first != other.First ? (first < other.First ? -1 : 1) : value.CompareTo(other.Value);

    private int Take()
    {
        int node = _unused;
        if (node != None)
        {
            _unused = _nodes[node].Left;
            return node;
        }

        if (_used == _nodes.Length)
        {
            Array.Resize(ref _nodes, _used * 2);
        }

        return _used++;
    }

    private void Replace(int parent, int node, int by)
    {
        if (parent == None)
        {
            _root = by;
        }
        else if (_nodes[parent].Left == node)
        {
            _nodes[parent].Left = by;
        }
        else
        {
            _nodes[parent].Right = by;
        }
    }

    // Brings heights and figures up to date from a node upwards, as far as anything changes.
    private void Mend(int node)
    {
        while (node != None)
        {
            ref Node at = ref _nodes[node];
            int height = at.Height;
            ulong most = at.Most;
            int balance = _nodes[at.Left].Height - _nodes[at.Right].Height;
            if (balance > 1)
            {
                if (_nodes[_nodes[at.Left].Left].Height < _nodes[_nodes[at.Left].Right].Height)
                {
                    RotateLeft(at.Left);
                }

                node = RotateRight(node);
            }
            else if (balance < -1)
            {
                if (_nodes[_nodes[at.Right].Right].Height < _nodes[_nodes[at.Right].Left].Height)
                {
                    RotateRight(at.Right);
                }

                node = RotateLeft(node);
            }
            else
            {
                Sum(node);
            }

            // A subtree that is what it was changes nothing above.
            if (_nodes[node].Height == height && _nodes[node].Most == most)
            {
                return;
            }

            node = _nodes[node].Parent;
        }
    }

    private int RotateLeft(int node)
    {
        int up = _nodes[node].Right;
        int middle = _nodes[up].Left;
        _nodes[node].Right = middle;
        _nodes[up].Left = node;
        Lift(node, up, middle);
        return up;
    }

    private int RotateRight(int node)
    {
        int up = _nodes[node].Left;
        int middle = _nodes[up].Right;
        _nodes[node].Left = middle;
        _nodes[up].Right = node;
        Lift(node, up, middle);
        return up;
    }

    private void Lift(int node, int up, int middle)
    {
        if (middle != None)
        {
            _nodes[middle].Parent = node;
        }

        int parent = _nodes[node].Parent;
        Replace(parent, node, up);
        _nodes[up].Parent = parent;
        _nodes[node].Parent = up;
        Sum(node);
        Sum(up);
    }

    private void Sum(int node)
    {
        ref Node at = ref _nodes[node];
        ref Node left = ref _nodes[at.Left];
        ref Node right = ref _nodes[at.Right];
        at.Height = Math.Max(left.Height, right.Height) + 1;
        at.Most = Math.Max(TSummary.Of(at.First, at.Last), Math.Max(left.Most, right.Most));
    }

    private struct Node
    {
        public ulong First;
        public ulong Last;
        public ulong Most;
        public int Left;
        public int Right;
        public int Parent;
        public int Value;
        public int Height;
    }
}
