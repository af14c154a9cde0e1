namespace Vfio.Core.Tests;

/// <summary>The tree of extents against a sorted list, with everything that it keeps about itself.</summary>
public sealed class ExtentTreeTests
{
    private const int Steps = 3000;

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 300)]
    [InlineData(3, 3000)]
    public void It_is_a_sorted_list_that_knows_the_largest_of_every_subtree(int seed, int kept)
    {
        var random = new Random(seed);
        var tree = new ExtentTree<LatestEnd>();
        var model = new SortedDictionary<(ulong First, int Value), ulong>();
        for (int step = 0; step < Steps; step++)
        {
            if (model.Count < kept && (model.Count == 0 || random.Next(3) != 0))
            {
                ulong first = (ulong)random.Next(500);
                ulong last = first + (ulong)random.Next(50);
                tree.Add(first, last, step);
                model.Add((first, step), last);
            }
            else
            {
                (ulong first, int value) = model.Keys.ElementAt(random.Next(model.Count));
                int node = tree.Find(first, value);
                if (random.Next(4) == 0)
                {
                    model[(first, value)] = first + 7;
                    tree.Resize(node, first, first + 7);
                }
                else
                {
                    tree.Remove(node);
                    model.Remove((first, value));
                }
            }

            AssertSame(tree, model);
        }
    }

    [Fact]
    public void A_point_is_found_in_one_of_several_that_overlap()
    {
        var index = new MappingIndex();
        index.Keep();
        var random = new Random(4);
        var live = new Dictionary<int, (ulong First, ulong Size)>();
        for (int step = 0; step < Steps; step++)
        {
            if (live.Count < 40)
            {
                (ulong First, ulong Size) extent = ((ulong)random.Next(400), (ulong)random.Next(1, 60));
                index.Add(extent.First, extent.Size, step);
                live.Add(step, extent);
            }
            else
            {
                int slot = live.Keys.ElementAt(random.Next(live.Count));
                index.Remove(live[slot].First, slot);
                live.Remove(slot);
            }

            ulong point = (ulong)random.Next(480);
            int found = index.Find(point);
            Assert.Equal(live.Values.Any(extent => Contains(extent, point)), found >= 0);
            Assert.True(found < 0 || Contains(live[found], point));
        }
    }

    private static bool Contains((ulong First, ulong Size) extent, ulong point) => point >= extent.First && point - extent.First < extent.Size;

    private static void AssertSame(ExtentTree<LatestEnd> tree, SortedDictionary<(ulong First, int Value), ulong> model)
    {
        Assert.Equal(model.Count, tree.Count);
        int node = tree.Lowest();
        foreach (((ulong first, int value), ulong last) in model)
        {
            Assert.Equal((first, last, value), (tree.First(node), tree.Last(node), tree.Value(node)));
            node = tree.Next(node);
        }

        Assert.Equal(0, node);
        if (tree.Root != 0)
        {
            AssertBalanced(tree, tree.Root);
        }
    }

    private static (int Height, ulong Most) AssertBalanced(ExtentTree<LatestEnd> tree, int node)
    {
        if (node == 0)
        {
            return (0, 0);
        }

        (int leftHeight, ulong leftMost) = AssertBalanced(tree, tree.Left(node));
        (int rightHeight, ulong rightMost) = AssertBalanced(tree, tree.Right(node));
        Assert.InRange(leftHeight - rightHeight, -1, 1);
        ulong most = Math.Max(tree.Last(node), Math.Max(leftMost, rightMost));
        Assert.Equal(most, tree.Most(node));
        return (Math.Max(leftHeight, rightHeight) + 1, most);
    }
}
