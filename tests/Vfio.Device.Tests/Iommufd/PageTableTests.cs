using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Page tables of one's own, on the mock device.</summary>
public sealed class PageTableTests
{
    private const int Page = 4096;

    [Fact]
    public void A_page_table_has_the_mappings_of_its_address_space_from_the_start_and_later()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        using DmaBuffer before = space.Allocate(Page);
        using HardwarePageTable table = mock.AllocateTable();
        using DmaBuffer after = space.Allocate(Page);
        uint id = MockDevice.TableId(table);

        Assert.Same(space, table.AddressSpace);
        Assert.True(mock.Reaches(id, before.Iova, before.Address, Page));
        Assert.True(mock.Reaches(id, after.Iova, after.Address, Page));
        after.Mapping.Unmap();
        Assert.False(mock.Reaches(id, after.Iova, after.Address, Page));
    }

    [Fact]
    public void The_page_table_goes_before_the_address_space_whatever_is_disposed_first()
    {
        using AddressSpace keeper = Create();
        AddressSpace space = AddressSpace.Create();
        var mock = new MockDevice(space);
        HardwarePageTable table = mock.AllocateTable();
        mock.MoveTo(table);
        uint tableId = MockDevice.TableId(table);
        uint spaceId = IommufdObjects.Id(space);

        space.Dispose();
        table.Dispose();
        IommufdObjects.AssertInUse(keeper, tableId);
        IommufdObjects.AssertInUse(keeper, spaceId);
        Assert.Throws<ObjectDisposedException>(() => table.SetDirtyTracking(true));

        mock.Dispose();
        IommufdObjects.AssertGone(keeper, tableId);
        IommufdObjects.AssertGone(keeper, spaceId);
    }

    [Fact]
    public void An_address_space_stays_usable_while_a_page_table_has_it()
    {
        AddressSpace space = Create();
        using var mock = new MockDevice(space);
        HardwarePageTable table = mock.AllocateTable();
        space.Dispose();

        using (DmaBuffer buffer = space.Allocate(Page))
        {
            Assert.True(mock.Reaches(MockDevice.TableId(table), buffer.Iova, buffer.Address, Page));
        }

        table.Dispose();
        table.Dispose();
        Assert.Throws<ObjectDisposedException>(() => space.Allocate(Page));
    }

    [Fact]
    public void A_page_table_that_no_device_is_attached_to_narrows_the_ranges_until_it_goes()
    {
        using AddressSpace space = Create();
        using AddressSpace elsewhere = AddressSpace.Create();
        using var mock = new MockDevice(elsewhere);
        ulong all = space.Ranges[^1].Last;
        Assert.NotEqual(MockDevice.LastAddress, all);

        HardwarePageTable table = HardwarePageTable.Allocate(space, mock.Id, "the mock device", new HardwarePageTableOptions());
        Assert.Equal(MockDevice.LastAddress, space.Ranges[^1].Last.Value);

        table.Dispose();
        Assert.Equal(all, space.Ranges[^1].Last.Value);
    }

    [Fact]
    public void A_mapping_outside_of_what_the_iommu_reaches_is_named()
    {
        using AddressSpace space = Create();
        using AddressSpace elsewhere = AddressSpace.Create();
        using var mock = new MockDevice(elsewhere);
        using DmaBuffer low = space.Allocate(Page);
        Assert.True(low.Iova < MockDevice.FirstAddress);

        VfioException refusal = Assert.Throws<VfioException>(
            () => HardwarePageTable.Allocate(space, mock.Id, "the mock device", new HardwarePageTableOptions()));

        Assert.Equal(VfioErrorKind.IovaOutOfRange, refusal.Kind);
        Assert.True(low.Mapping.IsLive);
    }

    [Fact]
    public void A_device_goes_from_page_table_to_page_table_and_back()
    {
        using AddressSpace keeper = Create();
        using AddressSpace space = AddressSpace.Create();
        using var mock = new MockDevice(space);
        using HardwarePageTable first = mock.AllocateTable();
        using HardwarePageTable second = mock.AllocateTable(new HardwarePageTableOptions { IsNestingParent = true });
        uint firstId = MockDevice.TableId(first);

        mock.MoveTo(first);
        mock.MoveTo(second);
        first.Dispose();
        IommufdObjects.AssertGone(keeper, firstId);

        mock.MoveTo(space);
    }

    [Fact]
    public void A_device_that_cannot_be_tracked_is_refused_where_tracking_is_asked_for()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space, MockCommand.DeviceCannotTrack);

        VfioException refusal = Assert.Throws<VfioException>(
            () => mock.AllocateTable(new HardwarePageTableOptions { TrackDirtyPages = true }));

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal("IOMMU_HWPT_ALLOC", refusal.Step);
        Assert.Contains("tracks dirty pages", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_table_without_tracking_says_so()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        using DmaBuffer buffer = space.Allocate(Page);
        using HardwarePageTable table = mock.AllocateTable();

        VfioException set = Assert.Throws<VfioException>(() => table.SetDirtyTracking(true));
        VfioException read = Assert.Throws<VfioException>(() => table.ReadDirtyBitmap(buffer.Iova, Page, Page, new ulong[1]));

        Assert.Equal(VfioErrorKind.NotSupported, set.Kind);
        Assert.Equal(VfioErrorKind.NotSupported, read.Kind);
        Assert.Contains(nameof(HardwarePageTableOptions.TrackDirtyPages), set.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_queue_of_another_iommufd_is_refused_before_the_kernel_is_asked()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        using AddressSpace other = AddressSpace.Create(new AddressSpaceOptions { Accounting = MemoryAccounting.Process });
        using FaultQueue foreign = other.AllocateFaultQueue();

        VfioException refusal = Assert.Throws<VfioException>(
            () => mock.AllocateTable(new HardwarePageTableOptions { FaultQueue = foreign }));

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal(0, refusal.Errno);
    }

    private static AddressSpace Create()
    {
        Mode.RequireIommufd();
        return AddressSpace.Create();
    }
}
