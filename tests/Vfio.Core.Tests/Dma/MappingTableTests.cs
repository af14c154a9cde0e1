namespace Vfio.Core.Tests;

/// <summary>The books by themselves, without a kernel.</summary>
public sealed class MappingTableTests
{
    private const ulong Page = 4096;
    private const int Live = 64;

    private readonly MappingTable _table = new("here", "map");
    private readonly DmaMapOptions _options = new();

    public MappingTableTests() => _table.SetRanges([new IovaRange(new Iova(0), new Iova(0xff_ffff_ffff))]);

    [Fact]
    public void Other_lengths_of_no_more_mappings_do_not_make_the_books_grow()
    {
        for (int pages = 1; pages < 20; pages++)
        {
            Round((ulong)pages * Page);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int pages = 20; pages < 60; pages++)
        {
            Round((ulong)pages * Page);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Live, _table.SlotCount);
    }

    private void Round(ulong length)
    {
        for (int i = 0; i < Live; i++)
        {
            _ = _table.Add(0x1000, length, Page, _options);
        }

        Assert.True(_table.Count == Live);
        for (int slot = 0; slot < _table.SlotCount; slot++)
        {
            if (_table.IsLive(slot))
            {
                _table.Remove(slot);
            }
        }
    }
}
