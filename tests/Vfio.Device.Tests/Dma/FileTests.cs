using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Dma;

/// <summary>Memory that is a file: mapped by its descriptor where the kernel can, and by the process's view where not.</summary>
public sealed class FileTests
{
    private const int Page = 4096;

    private static readonly DmaMapOptions _reachable = new() { AddressBits = Edu.AddressBits };

    [Fact]
    public void A_memory_file_maps_by_descriptor_and_the_device_sees_its_bytes()
    {
        Mode.RequireIommu();
        using var neighbour = new Taken(TestDevice.Igb());
        using DmaBuffer file = neighbour.Device.Dma.Allocate(4 * Page, new DmaBufferOptions { IsFile = true });
        Assert.NotNull(file.File);

        AssertSame(file, Page, offset: Page);
    }

    [Fact]
    public void A_buffer_that_is_a_file_serves_like_any_other()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = taken.Device.Dma.Allocate(2 * Page, Edu.BufferOptions with { IsFile = true });
        Random.Shared.NextBytes(buffer.AsSpan(0, Page));

        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + Page);

        Assert.True(buffer.AsSpan(0, Page).SequenceEqual(buffer.AsSpan(Page, Page)));
    }

    [Fact]
    public void A_file_of_huge_pages_maps_by_descriptor()
    {
        const string Pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
        Mode.RequireIommu();
        Assert.SkipUnless(File.Exists(Pool), "needs a kernel with huge pages of 2 MiB");
        string reserved = File.ReadAllText(Pool);
        File.WriteAllText(Pool, "4");
        try
        {
            using var neighbour = new Taken(TestDevice.Igb());
            using DmaBuffer file = neighbour.Device.Dma.Allocate(
                1, new DmaBufferOptions { IsFile = true, PageSize = DmaPageSize.Huge2M });
            Assert.Equal(2 << 20, file.Length);

            AssertSame(file, (int)file.Length, offset: 0);
        }
        finally
        {
            File.WriteAllText(Pool, reserved);
        }
    }

    [Fact]
    public void What_is_no_memory_file_is_refused()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        using Microsoft.Win32.SafeHandles.SafeFileHandle none = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);

        VfioException refusal = Assert.Throws<VfioException>(() => taken.Device.Dma.MapFile(none, 0, Page));

        Assert.Equal(VfioErrorKind.Refused, refusal.Kind);
        Assert.Equal(0, taken.Device.Dma.MappingCount);
    }

    [Fact]
    public void Accounting_moves_between_processes_by_files_only()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using AddressSpace space = AddressSpace.Create();
        using var taken = new Taken(TestDevice.Any(), space);
        using DmaBuffer file = space.Allocate(Page, new DmaBufferOptions { IsFile = true });
        space.TakeOverAccounting();

        using DmaBuffer memory = space.Allocate(Page);
        VfioException refusal = Assert.Throws<VfioException>(space.TakeOverAccounting);
        Assert.Contains("no file", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Maps part of a file for edu, while it is another device's, and moves bytes in both directions.</summary>
    private static void AssertSame(DmaBuffer file, int length, int offset)
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaMapping mapping = taken.Device.Dma.MapFile(file.File!, offset, length, _reachable);
        using DmaBuffer other = taken.Device.Dma.Allocate(Page, Edu.BufferOptions);
        Random.Shared.NextBytes(file.AsSpan(offset, Page));

        edu.Load(mapping.Iova);
        edu.Store(other.Iova);
        Assert.True(file.AsSpan(offset, Page).SequenceEqual(other.AsSpan()));

        Random.Shared.NextBytes(other.AsSpan());
        edu.Load(other.Iova);
        edu.Store(mapping.Iova);
        Assert.True(file.AsSpan(offset, Page).SequenceEqual(other.AsSpan()));
    }
}
