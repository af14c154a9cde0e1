using FsCheck.Fluent;

namespace Vfio.Core.Tests;

public sealed class IovaAllocatorTests
{
    private const int Pages = 64;
    private const ulong Page = IovaModel.Page;

    public static TheoryData<ulong> Origins { get; } = new(
        0UL,
        0x1_0000UL,
        0xffff_f000UL,
        unchecked(0UL - (Pages * Page)));

    [Theory]
    [MemberData(nameof(Origins))]
    public void It_does_what_the_model_does(ulong origin)
        => Hold.Always(Prop.ForAll<byte[]>(script => Run(origin, script ?? [])), tests: 300, size: 400);

    [Fact]
    public void All_of_64_bits_is_one_range()
    {
        var allocator = new IovaAllocator();
        allocator.Reset([new IovaRange(new Iova(0), new Iova(ulong.MaxValue))]);
        Assert.True(allocator.TryReserve(ulong.MaxValue, 1));
        Assert.True(allocator.TryReserve(0, 1));
        Assert.False(allocator.TryReserve(ulong.MaxValue, 1));
        Assert.False(allocator.TryReserve(ulong.MaxValue - 1, 2));
        Assert.False(allocator.TryReserve(ulong.MaxValue - 1, ulong.MaxValue));
        Assert.True(allocator.TryAllocate(1UL << 63, 1UL << 63, 1, ulong.MaxValue - 1, out _) is false);
        Assert.True(allocator.TryAllocate(1UL << 62, 1UL << 62, 1, ulong.MaxValue - 1, out ulong start));
        Assert.Equal(1UL << 62, start);
        allocator.Free(start, 1UL << 62);
        allocator.Free(0, 1);
        allocator.Free(ulong.MaxValue, 1);
        Assert.Equal(1, allocator.FragmentCount);
        Assert.True(allocator.TryAllocate(1UL << 63, 1UL << 63, 1, ulong.MaxValue, out ulong half));
        Assert.Equal(1UL << 63, half);
    }

    [Fact]
    public void An_aligned_address_behind_the_last_one_is_none()
    {
        var allocator = new IovaAllocator();
        allocator.Reset([new IovaRange(new Iova(ulong.MaxValue - 0xfff), new Iova(ulong.MaxValue))]);
        Assert.False(allocator.TryAllocate(Page, 2 * Page, 0, ulong.MaxValue, out _));
        Assert.False(allocator.TryAllocate(2 * Page, Page, 0, ulong.MaxValue, out _));
        Assert.True(allocator.TryAllocate(Page, Page, 0, ulong.MaxValue, out ulong start));
        Assert.Equal(ulong.MaxValue - 0xfff, start);
        Assert.Equal(0, allocator.FragmentCount);
    }

    [Fact]
    public void Nothing_is_free_before_there_are_ranges()
        => Assert.False(new IovaAllocator().TryAllocate(Page, Page, 0, ulong.MaxValue, out _));

    /// <summary>Runs a script, four bytes for each step, on both, and compares them after each.</summary>
    private static void Run(ulong origin, byte[] script)
    {
        bool[] holes = [.. Enumerable.Range(0, Pages).Select(static i => i % 24 != 23)];
        var model = new IovaModel(origin, holes);
        var allocator = new IovaAllocator();
        IovaRange[] ranges = model.Ranges();
        allocator.Reset(ranges);
        int initial = allocator.FragmentCount;
        Assert.Equal(ranges.Length, initial);
        var taken = new List<(int First, int Pages)>();
        for (int i = 0; i + 3 < script.Length; i += 4)
        {
            Step(model, allocator, taken, script.AsSpan(i, 4));
            Assert.Equal(model.FragmentCount, allocator.FragmentCount);
        }

        foreach ((int first, int pages) in taken)
        {
            allocator.Free(model.Address(first), (ulong)pages * Page);
        }

        // Coalesced back to where it began: each range can be taken as one.
        Assert.Equal(initial, allocator.FragmentCount);
        Assert.All(ranges, range => Assert.True(allocator.TryReserve(range.First.Value, range.Last.Value - range.First.Value + 1)));
        Assert.Equal(0, allocator.FragmentCount);
    }

    private static void Step(IovaModel model, IovaAllocator allocator, List<(int First, int Pages)> taken, ReadOnlySpan<byte> step)
    {
        int pages = 1 + (step[1] % 12);
        int first = step[2] % Pages;
        ulong bytes = (ulong)pages * Page;
        switch (step[0] % 3)
        {
            case 0:
                ulong alignment = Page << (step[2] % 5);
                ulong lowest = step[3] % 4 == 0 ? model.Address(step[3] % Pages) : 0;
                ulong highest = step[3] % 5 == 0 ? model.Address(step[3] % Pages) + (Page - 1) : ulong.MaxValue;
                int expected = model.Find(pages, alignment, lowest, highest);
                Assert.Equal(expected >= 0, allocator.TryAllocate(bytes, alignment, lowest, highest, out ulong start));
                if (expected >= 0)
                {
                    Assert.Equal(model.Address(expected), start);
                    Take(expected);
                }

                break;
            case 1:
                bool free = model.IsFree(first, pages);
                Assert.Equal(free, allocator.TryReserve(model.Address(first), bytes));
                if (free)
                {
                    Take(first);
                }

                break;
            default:
                if (taken.Count > 0)
                {
                    (int given, int length) = taken[step[1] % taken.Count];
                    taken.Remove((given, length));
                    allocator.Free(model.Address(given), (ulong)length * Page);
                    model.Set(given, length, free: true);
                }

                break;
        }

        void Take(int at)
        {
            taken.Add((at, pages));
            model.Set(at, pages, free: false);
        }
    }
}
