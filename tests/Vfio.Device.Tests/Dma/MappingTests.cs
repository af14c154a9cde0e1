using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Dma;

public sealed class MappingTests
{
    private const long Page = 4096;

    [Fact]
    public void Bytes_travel_to_the_device_and_back()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = taken.Device.Dma.Allocate(2 * Page, Edu.BufferOptions);
        Random.Shared.NextBytes(buffer.AsSpan(0, (int)Page));

        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + Page);

        Assert.True(buffer.AsSpan(0, (int)Page).SequenceEqual(buffer.AsSpan(Page, (int)Page)));
    }

    [Fact]
    public void Overlapping_a_mapping_is_refused_and_changes_nothing()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace dma = taken.Device.Dma;
        using DmaBuffer buffer = dma.Allocate(4 * Page);

        VfioException refusal = Assert.Throws<VfioException>(
            () => dma.Allocate(Page, new DmaBufferOptions { Iova = buffer.Iova + Page }));

        Assert.Equal(VfioErrorKind.OverlappingMapping, refusal.Kind);
        Assert.Equal(1, dma.MappingCount);

        // The kernel is of the same opinion.
        VfioException kernel = Assert.Throws<VfioException>(
            () => dma.Iommu.Map(buffer.Iova + Page, new DmaSource(buffer.Address), (ulong)Page, DmaAccess.ReadWrite));
        Assert.Equal(VfioErrorKind.OverlappingMapping, kernel.Kind);
    }

    [Fact]
    public void The_last_page_of_the_address_width_maps_and_the_next_does_not()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace dma = taken.Device.Dma;
        Iova last = dma.Ranges[^1].Last;

        using DmaBuffer fits = dma.Allocate(Page, new DmaBufferOptions { Iova = last + (1 - Page) });
        VfioException refusal = Assert.Throws<VfioException>(
            () => dma.Allocate(Page, new DmaBufferOptions { Iova = last + 1 }));

        Assert.Equal(VfioErrorKind.IovaOutOfRange, refusal.Kind);
        Assert.Contains(dma.Ranges[^1].ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Throws<VfioException>(
            () => dma.Iommu.Map(last + 1, new DmaSource(fits.Address), (ulong)Page, DmaAccess.ReadWrite));
    }

    [Fact]
    public void Unmapping_twice_is_an_error_and_disposing_twice_is_not()
    {
        Mode.RequireMapping();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace dma = taken.Device.Dma;
        using DmaBuffer memory = dma.Allocate(Page);
        DmaMapping mapping = dma.DangerousMap(memory.Address, Page);

        mapping.Unmap();
        Assert.False(mapping.IsLive);
        Assert.Throws<ObjectDisposedException>(mapping.Unmap);
        mapping.Dispose();

        // Some back ends call it a success of zero bytes, others ENOENT; the library has one answer.
        VfioException mismatch = Assert.Throws<VfioException>(() => dma.Iommu.Unmap(mapping.Iova, (ulong)Page));
        Assert.Equal(VfioErrorKind.UnmapMismatch, mismatch.Kind);
        Assert.Equal(0, mismatch.Errno);
    }

    [Fact]
    public void Unmapping_everything_leaves_all_addresses_free()
    {
        Mode.RequireMapping();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace dma = taken.Device.Dma;
        using DmaBuffer first = dma.Allocate(Page);
        using DmaBuffer second = dma.Allocate(Page);

        dma.UnmapAll();

        Assert.Equal(0, dma.MappingCount);
        using DmaBuffer again = dma.Allocate(Page);
        Assert.Equal(Mode.IsNoIommu ? again.Iova : first.Iova, again.Iova);
    }

    [Fact]
    public void Freed_addresses_are_used_again()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        Iova iova;
        using (DmaBuffer buffer = taken.Device.Dma.Allocate(Page))
        {
            iova = buffer.Iova;
        }

        using DmaBuffer next = taken.Device.Dma.Allocate(Page);
        Assert.Equal(iova, next.Iova);
    }

    [Fact]
    public void The_ranges_are_sorted_disjoint_and_leave_out_the_interrupt_window()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        AddressSpaceInfo info = taken.Device.Dma.GetInfo();

        for (int i = 1; i < info.Ranges.Count; i++)
        {
            Assert.True(info.Ranges[i - 1].Last < info.Ranges[i].First);
        }

        Assert.DoesNotContain(info.Ranges, static range => range.Contains(new Iova(0xfee0_0000), 1));
        Assert.Equal(4096ul, info.MinPageSize);
        Assert.Equal(Mode.Backend, info.Backend);
        Assert.Equal(Mode.IsVfioContainer, info.DirtyTrackingPageSizes != 0);
        Assert.Equal(Mode.IsVfioContainer, info.AvailableMappings > 0);
    }

    [Fact]
    public void Available_mappings_count_down()
    {
        Mode.RequireVfioContainer();
        using var taken = new Taken(TestDevice.Any());
        uint before = taken.Device.Dma.GetInfo().AvailableMappings!.Value;

        using DmaBuffer buffer = taken.Device.Dma.Allocate(Page);

        Assert.Equal(before - 1, taken.Device.Dma.GetInfo().AvailableMappings);
    }

    [Fact]
    public void The_limit_of_mappings_is_named()
    {
        Mode.RequireVfioContainer();
        const string Parameter = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";
        Assert.SkipUnless(File.Exists(Parameter), "needs the limit of mappings as a module parameter");
        PciAddress address = TestDevice.Edu();
        string limit = File.ReadAllText(Parameter);
        File.WriteAllText(Parameter, "2");
        try
        {
            using var taken = new Taken(address);
            using DmaBuffer first = taken.Device.Dma.Allocate(Page);
            using DmaBuffer second = taken.Device.Dma.Allocate(Page);

            VfioException refusal = Assert.Throws<VfioException>(() => taken.Device.Dma.Allocate(Page));

            Assert.Equal(VfioErrorKind.MappingLimit, refusal.Kind);
            Assert.Equal(2, taken.Device.Dma.MappingCount);
        }
        finally
        {
            File.WriteAllText(Parameter, limit);
        }
    }

    [Fact]
    public void The_iommu_keeps_a_device_from_writing_memory_that_it_may_only_read()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer source = taken.Device.Dma.Allocate(Page, Edu.BufferOptions);
        using DmaBuffer guarded = taken.Device.Dma.Allocate(
            Page, new DmaBufferOptions { Access = DmaAccess.Read, AddressBits = Edu.AddressBits });
        source.AsSpan().Fill(0xaa);
        guarded.AsSpan().Fill(0x11);

        edu.Load(source.Iova);
        edu.Store(guarded.Iova);

        Assert.Equal(0x1111_1111u, guarded.Read32(0));
    }

    [Fact]
    public void The_iommu_keeps_a_device_from_memory_that_is_unmapped()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer memory = taken.Device.Dma.Allocate(2 * Page, Edu.BufferOptions);
        DmaMapping second = taken.Device.Dma.DangerousMap(
            memory.Address + (nint)Page, Page, new DmaMapOptions { AddressBits = Edu.AddressBits });
        memory.AsSpan(0, (int)Page).Fill(0xaa);
        edu.Load(memory.Iova);

        edu.Store(second.Iova);
        Assert.Equal(0xaaaa_aaaau, memory.Read32(Page));

        memory.Write32(Page, 0);
        second.Unmap();
        edu.Store(second.Iova);
        Assert.Equal(0u, memory.Read32(Page));
    }

    [Fact]
    public void Huge_pages_are_mapped_as_such()
    {
        Mode.RequireIommu();
        const string Pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
        const long Huge = 2 << 20;
        PciAddress address = TestDevice.Edu();
        Assert.SkipUnless(File.Exists(Pool), "needs a kernel with huge pages of 2 MiB");
        string reserved = File.ReadAllText(Pool);
        File.WriteAllText(Pool, "4");
        try
        {
            using var taken = new Taken(address);
            using var edu = new Edu(taken.Device);
            using DmaBuffer buffer = taken.Device.Dma.Allocate(
                1, new DmaBufferOptions { PageSize = DmaPageSize.Huge2M, AddressBits = Edu.AddressBits });
            Assert.Equal(Huge, buffer.Length);
            Assert.Equal(0ul, buffer.Iova % (ulong)Huge);

            buffer.Write32(0, 0x1234_5678);
            edu.Load(buffer.Iova);
            edu.Store(buffer.Iova + (Huge - Page));
            Assert.Equal(0x1234_5678u, buffer.Read32(Huge - Page));
        }
        finally
        {
            File.WriteAllText(Pool, reserved);
        }
    }

    [Fact]
    public void Transparent_huge_pages_line_up_with_those_of_the_iommu()
    {
        Mode.RequireIommu();
        const long Huge = 2 << 20;
        using var taken = new Taken(TestDevice.Any());
        using DmaBuffer buffer = taken.Device.Dma.Allocate(3 * Huge, new DmaBufferOptions { PageSize = DmaPageSize.Transparent });

        Assert.Equal(3 * Huge, buffer.Length);
        Assert.Equal(0, buffer.Address % Huge);
        Assert.Equal(0ul, buffer.Iova % (ulong)Huge);
        buffer.Write32(buffer.Length - 4, 1);
    }

    [Fact]
    public void Huge_pages_that_nobody_reserved_are_named()
    {
        Mode.RequireMapping();
        const string Pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";
        Assert.SkipUnless(File.Exists(Pool) && File.ReadAllText(Pool).Trim() == "0", "needs a pool of 2 MiB pages that is empty");
        using var taken = new Taken(TestDevice.Any());

        VfioException refusal = Assert.Throws<VfioException>(
            () => taken.Device.Dma.Allocate(1, new DmaBufferOptions { PageSize = DmaPageSize.Huge2M }));

        Assert.Equal(VfioErrorKind.OutOfMemory, refusal.Kind);
        Assert.Contains("nr_hugepages", refusal.Message, StringComparison.Ordinal);
    }
}
