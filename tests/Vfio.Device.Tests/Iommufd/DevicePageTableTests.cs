using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Page tables of one's own for real devices.</summary>
public sealed class DevicePageTableTests
{
    private const int Page = 4096;

    [Fact]
    public void Bytes_travel_through_a_page_table_of_ones_own()
    {
        Require();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        AddressSpace space = taken.Device.Dma;
        using DmaBuffer before = space.Allocate(2 * Page, Edu.BufferOptions);
        using HardwarePageTable table = space.AllocatePageTable(taken.Device);

        taken.Device.Attach(table);
        Assert.Same(space, taken.Device.Dma);
        AssertTravels(edu, before);

        // What is mapped later is in it too, and what is unmapped is not.
        using DmaBuffer after = space.Allocate(2 * Page, Edu.BufferOptions);
        AssertTravels(edu, after);
        after.Mapping.Unmap();
        after.AsSpan(Page, Page).Clear();
        edu.Store(after.Iova + Page);
        Assert.Equal(0u, after.Read32(Page));

        taken.Device.Attach(space);
        AssertTravels(edu, before);
    }

    [Fact]
    public void A_page_table_of_another_address_space_takes_the_device_there()
    {
        Require();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using AddressSpace other = AddressSpace.Create();
        using DmaBuffer buffer = other.Allocate(2 * Page, Edu.BufferOptions);
        using HardwarePageTable table = other.AllocatePageTable(taken.Device);

        taken.Device.Attach(table);

        Assert.Same(other, taken.Device.Dma);
        AssertTravels(edu, buffer);
    }

    [Fact]
    public void A_disposed_page_table_serves_the_device_that_is_attached_until_it_closes()
    {
        Require();
        using AddressSpace keeper = AddressSpace.Create();
        uint id;
        using (var taken = new Taken(TestDevice.Edu()))
        {
            using var edu = new Edu(taken.Device);
            using DmaBuffer buffer = taken.Device.Dma.Allocate(2 * Page, Edu.BufferOptions);
            HardwarePageTable table = taken.Device.Dma.AllocatePageTable(taken.Device);
            taken.Device.Attach(table);
            id = MockDevice.TableId(table);

            table.Dispose();
            IommufdObjects.AssertInUse(keeper, id);
            AssertTravels(edu, buffer);
            Assert.Throws<ObjectDisposedException>(() => taken.Device.Attach(table));
        }

        IommufdObjects.AssertGone(keeper, id);
    }

    [Fact]
    public void Leaving_a_disposed_page_table_destroys_it()
    {
        Require();
        using AddressSpace keeper = AddressSpace.Create();
        using var taken = new Taken(TestDevice.Edu());
        AddressSpace space = taken.Device.Dma;
        HardwarePageTable table = space.AllocatePageTable(taken.Device);
        uint id = MockDevice.TableId(table);
        taken.Device.Attach(table);
        table.Dispose();
        IommufdObjects.AssertInUse(keeper, id);

        taken.Device.Detach();

        Assert.False(taken.Device.IsAttached);
        IommufdObjects.AssertGone(keeper, id);
    }

    [Fact]
    public void A_page_table_may_outlive_its_device_and_the_address_space()
    {
        Require();
        using AddressSpace keeper = AddressSpace.Create();
        AddressSpace space = AddressSpace.Create();
        HardwarePageTable table;
        using (var taken = new Taken(TestDevice.Edu(), space))
        {
            table = space.AllocatePageTable(taken.Device);
            taken.Device.Attach(table);
            space.Dispose();
        }

        uint id = MockDevice.TableId(table);
        uint ioas = IommufdObjects.Id(space);
        IommufdObjects.AssertInUse(keeper, ioas);
        table.Dispose();
        IommufdObjects.AssertGone(keeper, id);
        IommufdObjects.AssertGone(keeper, ioas);
    }

    [Fact]
    public void An_iommu_that_tracks_nothing_refuses_a_page_table_that_does()
    {
        Require();
        using var taken = new Taken(TestDevice.Edu());
        Assert.SkipWhen(taken.Device.GetIommuInfo().CanTrackDirtyPages, "needs an IOMMU that does not track dirty pages");

        VfioException refusal = Assert.Throws<VfioException>(
            () => taken.Device.Dma.AllocatePageTable(taken.Device, new HardwarePageTableOptions { TrackDirtyPages = true }));

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal(taken.Device.Name, refusal.Subject);
    }

    [Fact]
    public void A_device_that_cannot_wait_for_an_answer_is_refused_by_a_page_table_that_hands_faults_out()
    {
        Require();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        AddressSpace space = taken.Device.Dma;
        using DmaBuffer buffer = space.Allocate(2 * Page, Edu.BufferOptions);
        using FaultQueue faults = space.AllocateFaultQueue();

        VfioException refusal = Assert.Throws<VfioException>(() =>
        {
            using HardwarePageTable table = space.AllocatePageTable(taken.Device, new HardwarePageTableOptions { FaultQueue = faults });
            taken.Device.Attach(table);
        });

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal(taken.Device.Name, refusal.Subject);
        AssertTravels(edu, buffer);
    }

    [Fact]
    public void A_group_of_which_two_devices_are_open_is_not_moved_by_one()
    {
        Require();
        using var first = new Taken(TestDevice.BridgedE1000());
        using var second = new Taken(TestDevice.BridgedRtl8139());
        AddressSpace space = first.Device.Dma;
        Assert.Same(space, second.Device.Dma);
        using HardwarePageTable table = space.AllocatePageTable(first.Device);

        VfioException refusal = Assert.Throws<VfioException>(() => first.Device.Attach(table));
        Assert.Equal((VfioErrorKind.NotSupported, 0), (refusal.Kind, refusal.Errno));

        second.Device.Dispose();
        first.Device.Attach(table);
    }

    [Fact]
    public void A_container_refuses_page_tables_and_fault_queues()
    {
        Mode.RequireContainer();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace space = taken.Device.Dma;

        VfioException table = Assert.Throws<VfioException>(() => space.AllocatePageTable(taken.Device));
        VfioException queue = Assert.Throws<VfioException>(space.AllocateFaultQueue);

        Assert.Equal((VfioErrorKind.NotSupported, "IOMMU_HWPT_ALLOC", 0), (table.Kind, table.Step, table.Errno));
        Assert.Equal((VfioErrorKind.NotSupported, "IOMMU_FAULT_QUEUE_ALLOC", 0), (queue.Kind, queue.Step, queue.Errno));
    }

    private static void Require()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
    }

    private static void AssertTravels(Edu edu, DmaBuffer buffer)
    {
        Random.Shared.NextBytes(buffer.AsSpan(0, Page));
        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + Page);
        Assert.True(buffer.AsSpan(0, Page).SequenceEqual(buffer.AsSpan(Page, Page)));
    }
}
