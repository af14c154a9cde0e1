using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>What devices write, as a page table of the mock IOMMU tells it.</summary>
public sealed class DirtyTrackingTests : IDisposable
{
    private const int Page = 4096;
    private const int Pages = 200;
    private const long Length = Pages * (long)Page;

    private readonly AddressSpace _space;
    private readonly MockDevice _mock;
    private readonly HardwarePageTable _table;
    private readonly DmaBuffer _buffer;
    private readonly ulong[] _bitmap = new ulong[(Pages / 64) + 2];

    public DirtyTrackingTests()
    {
        Mode.RequireIommufd();

        // A large page would be dirty as a whole.
        _space = AddressSpace.Create(new AddressSpaceOptions { LargePages = false });
        _mock = new MockDevice(_space);
        _buffer = _space.Allocate(Length);
        _table = _mock.AllocateTable(new HardwarePageTableOptions { TrackDirtyPages = true });
        _mock.MoveTo(_table);
    }

    public void Dispose()
    {
        _buffer.Dispose();
        _table.Dispose();
        _mock.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void Exactly_the_pages_that_were_written_are_told_and_then_count_as_clean()
    {
        _table.SetDirtyTracking(true);
        Write(0, 1, 63, 64, 130, Pages - 1);

        Assert.Equal([0, 1, 63, 64, 130, Pages - 1], Read());
        Assert.Equal([], Read());
    }

    [Fact]
    public void Without_clearing_they_are_told_again()
    {
        _table.SetDirtyTracking(true);
        Write(7, 77, 177);

        Assert.Equal([7, 77, 177], Read(clear: false));
        Write(8);
        Assert.Equal([7, 8, 77, 177], Read(clear: false));
        Assert.Equal([7, 8, 77, 177], Read());
        Assert.Equal([], Read());
    }

    [Fact]
    public void Tracking_begins_and_ends()
    {
        Assert.False(TryWrite(1));

        _table.SetDirtyTracking(true);
        Write(2);
        _table.SetDirtyTracking(false);
        Assert.False(TryWrite(3));

        // Beginning anew forgets.
        _table.SetDirtyTracking(true);
        Assert.Equal([], Read());
    }

    [Fact]
    public void What_the_bitmap_held_is_overwritten_and_what_is_longer_is_left()
    {
        _table.SetDirtyTracking(true);
        _bitmap.AsSpan().Fill(ulong.MaxValue);
        Write(5);

        _table.ReadDirtyBitmap(_buffer.Iova, Length, Page, _bitmap);

        Assert.Equal([1ul << 5, 0, 0, 0, ulong.MaxValue], _bitmap);
    }

    [Fact]
    public void A_part_is_told_from_its_own_first_page_and_the_rest_stays_dirty()
    {
        _table.SetDirtyTracking(true);
        Write(3, 100, 101, 150);

        ulong[] part = new ulong[1];
        _table.ReadDirtyBitmap(_buffer.Iova + (100 * Page), 10 * Page, Page, part);

        Assert.Equal([0b11ul], part);
        Assert.Equal([3, 150], Read());
    }

    [Fact]
    public void A_bit_may_stand_for_several_pages()
    {
        _table.SetDirtyTracking(true);
        Write(9, 199);

        ulong[] coarse = new ulong[1];
        _table.ReadDirtyBitmap(_buffer.Iova, Length, 8 * Page, coarse);

        Assert.Equal([(1ul << 1) | (1ul << 24)], coarse);
    }

    [Fact]
    public void A_range_may_cover_several_mappings_and_no_hole()
    {
        _table.SetDirtyTracking(true);
        Iova next = _buffer.Iova + Length;
        using DmaBuffer neighbour = _space.Allocate(4 * Page, new DmaBufferOptions { Iova = next });
        ulong[] words = [1ul << 2];
        Assert.True(_mock.Write(_table, next, 4 * Page, Page, words));

        _table.ReadDirtyBitmap(next + (-2 * Page), 6 * Page, Page, words);
        Assert.Equal([1ul << 4], words);

        // Asked directly, the kernel calls it a success and tells nothing of what lies behind the hole.
        VfioException refusal = Assert.Throws<VfioException>(
            () => _table.ReadDirtyBitmap(next + (2 * Page), 4 * Page, Page, new ulong[1]));
        Assert.Equal(VfioErrorKind.NoSuchObject, refusal.Kind);
        Assert.Equal(0, refusal.Errno);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        ulong[] word = new ulong[1];
        Assert.Throws<ArgumentException>(() => _table.ReadDirtyBitmap(_buffer.Iova, 65 * Page, Page, word));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ReadDirtyBitmap(_buffer.Iova, Page, Page + 1, word));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ReadDirtyBitmap(_buffer.Iova, Page + 1, Page, word));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ReadDirtyBitmap(_buffer.Iova + 1, Page, Page, word));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ReadDirtyBitmap(_buffer.Iova, 0, Page, word));
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ReadDirtyBitmap(_buffer.Iova, Page, 0, word));
    }

    private void Write(params int[] pages) => Assert.True(TryWrite(pages));

    private bool TryWrite(params int[] pages)
    {
        ulong[] words = new ulong[_bitmap.Length];
        foreach (int page in pages)
        {
            words[page / 64] |= 1ul << (page % 64);
        }

        return _mock.Write(_table, _buffer.Iova, Length, Page, words);
    }

    private int[] Read(bool clear = true)
    {
        _table.ReadDirtyBitmap(_buffer.Iova, Length, Page, _bitmap, clear);
        return [.. Enumerable.Range(0, Pages).Where(page => (_bitmap[page / 64] & (1ul << (page % 64))) != 0)];
    }
}
