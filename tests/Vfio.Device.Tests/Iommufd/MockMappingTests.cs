using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Mappings, as the mock device's page table has them.</summary>
public sealed class MockMappingTests
{
    private const int Page = 4096;

    [Fact]
    public void The_last_page_of_the_aperture_maps_and_the_next_does_not()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        Assert.Equal(new IovaRange(new Iova(MockDevice.FirstAddress), new Iova(MockDevice.LastAddress)), Assert.Single(space.Ranges));
        var last = new Iova(MockDevice.LastAddress + 1 - Page);

        using DmaBuffer fits = space.Allocate(Page, new DmaBufferOptions { Iova = last });
        VfioException refusal = Assert.Throws<VfioException>(() => space.Allocate(Page, new DmaBufferOptions { Iova = last + Page }));

        Assert.Equal(VfioErrorKind.IovaOutOfRange, refusal.Kind);
        Assert.True(mock.Reaches(mock.OwnTable, last, fits.Address, Page));

        // The kernel is of the same opinion.
        Assert.Throws<VfioException>(
            () => space.Iommu.Map(last + Page, new DmaSource(fits.Address), Page, DmaAccess.ReadWrite));
    }

    [Fact]
    public void Memory_that_was_mapped_before_the_device_came_is_reached()
    {
        using AddressSpace space = Create();
        using DmaBuffer buffer = space.Allocate(4 * Page, new DmaBufferOptions { Iova = new Iova(MockDevice.FirstAddress) });
        using var mock = new MockDevice(space);

        Assert.True(mock.Reaches(mock.OwnTable, buffer.Iova, buffer.Address, 4 * Page));
    }

    [Fact]
    public void An_unmapped_page_is_not_reached_and_not_pinned()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        using DmaBuffer buffer = space.Allocate(2 * Page);
        using DmaMapping second = space.DangerousMap(buffer.Address, Page);
        Assert.True(mock.Reaches(mock.OwnTable, second.Iova, buffer.Address, Page));

        second.Unmap();

        Assert.False(mock.Reaches(mock.OwnTable, second.Iova, buffer.Address, Page));
        Assert.True(mock.Reaches(mock.OwnTable, buffer.Iova, buffer.Address, 2 * Page));
        Assert.True(mock.IsPinned(buffer.Address, 2 * Page, 1));
        buffer.Mapping.Unmap();
        Assert.True(mock.IsPinned(buffer.Address, 2 * Page, 0));
    }

    [Fact]
    public void A_file_is_reached_by_its_descriptor()
    {
        using AddressSpace elsewhere = Create();
        using DmaBuffer file = elsewhere.Allocate(4 * Page, new DmaBufferOptions { IsFile = true });
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);

        using DmaMapping part = space.MapFile(file.File!, Page, 2 * Page);

        Assert.True(mock.Reaches(mock.OwnTable, part.Iova, file.Address + Page, 2 * Page));
        Assert.False(mock.Reaches(mock.OwnTable, part.Iova, file.Address, Page));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_outlives_what_it_was_copied_from_and_pins_nothing_again(bool isFile)
    {
        using AddressSpace first = Create();
        using AddressSpace second = Create();
        using var source = new MockDevice(first);
        using var target = new MockDevice(second);
        using DmaBuffer buffer = first.Allocate(2 * Page, new DmaBufferOptions { IsFile = isFile });

        using DmaMapping copy = buffer.Mapping.CopyTo(second);

        Assert.True(target.Reaches(target.OwnTable, copy.Iova, buffer.Address, 2 * Page));
        Assert.True(target.IsPinned(buffer.Address, 2 * Page, 1));

        buffer.Mapping.Unmap();

        Assert.False(source.Reaches(source.OwnTable, buffer.Iova, buffer.Address, 2 * Page));
        Assert.True(target.Reaches(target.OwnTable, copy.Iova, buffer.Address, 2 * Page));
        Assert.True(target.IsPinned(buffer.Address, 2 * Page, 1));
    }

    [Fact]
    public void A_copy_may_lie_in_the_same_address_space()
    {
        using AddressSpace space = Create();
        using var mock = new MockDevice(space);
        using DmaBuffer buffer = space.Allocate(Page);

        using DmaMapping copy = buffer.Mapping.CopyTo(space);

        Assert.NotEqual(buffer.Iova, copy.Iova);
        Assert.True(mock.Reaches(mock.OwnTable, copy.Iova, buffer.Address, Page));
    }

    private static AddressSpace Create()
    {
        Mode.RequireIommufd();
        return AddressSpace.Create();
    }
}
