using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>Devices that no IOMMU isolates: only for those who say that they know.</summary>
public sealed class NoIommuTests
{
    private const int Page = 4096;

    [Fact]
    public void A_device_without_an_iommu_opens_only_for_those_who_allow_it()
    {
        RequireNoIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);

        VfioException refusal = Assert.Throws<VfioException>(() => VfioDevice.Open(address));
        Assert.Equal(VfioErrorKind.NoIsolation, refusal.Kind);
        Assert.Contains("read and write all", refusal.Message, StringComparison.Ordinal);

        using VfioDevice device = Mode.Open(address);
        Assert.False(device.IsIsolated);
        Assert.False(device.Dma.IsIsolated);
        Assert.Equal(Mode.Backend, device.Backend);
    }

    [Fact]
    public void An_address_space_that_relies_on_an_iommu_takes_no_device_without_one()
    {
        RequireNoIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using AddressSpace isolated = AddressSpace.Create(new AddressSpaceOptions { Backend = VfioBackend.Type1V2 });

        VfioException refusal = Assert.Throws<VfioException>(
            () => VfioDevice.Open(address, new VfioDeviceOptions { AllowUnsafeNoIommu = true, AddressSpace = isolated }));

        Assert.Equal(VfioErrorKind.NoIsolation, refusal.Kind);
    }

    [Fact]
    public void A_container_without_an_iommu_maps_nothing_and_says_so()
    {
        RequireNoIommu();
        Assert.SkipUnless(Mode.Backend == VfioBackend.NoIommu, "is about the container without an IOMMU");
        using var taken = new Taken(TestDevice.Edu());

        VfioException refusal = Assert.Throws<VfioException>(() => taken.Device.Dma.Allocate(Page));

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal(0, refusal.Errno);
        Assert.Contains("iommufd", refusal.Remedy, StringComparison.Ordinal);
        Assert.Empty(taken.Device.Dma.Ranges);
    }

    [Fact]
    public void Addresses_are_physical_ones_and_end_with_the_last_device()
    {
        RequireNoIommu();
        Mode.RequireIommufd();
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        DmaBuffer buffer;
        using (var taken = new Taken(TestDevice.Nvme(), space))
        {
            buffer = space.Allocate(Page);
            Assert.Equal(PhysicalAddress(buffer), buffer.Iova.Value);
            VfioException chosen = Assert.Throws<VfioException>(
                () => space.Allocate(Page, new DmaBufferOptions { Iova = new Iova(0x10_0000) }));
            Assert.Equal(VfioErrorKind.NotSupported, chosen.Kind);
            using var scattered = new ScatteredPages();
            VfioException apart = Assert.Throws<VfioException>(() => space.DangerousMap(scattered.Address, ScatteredPages.Length));
            Assert.Contains("lie together", apart.Message, StringComparison.Ordinal);
            Assert.Equal(1, space.MappingCount);
        }

        Assert.False(buffer.Mapping.IsLive);
        Assert.Equal(0, space.MappingCount);
        buffer.Write32(0, 1);
        buffer.Dispose();
    }

    private static void RequireNoIommu() => Assert.SkipUnless(Mode.IsNoIommu, "is about machines without an IOMMU");

    // The kernel's own word on where a page lies (Documentation/admin-guide/mm/pagemap.rst).
    private static ulong PhysicalAddress(DmaBuffer buffer)
    {
        using FileStream map = File.OpenRead("/proc/self/pagemap");
        map.Seek(buffer.Address / Page * sizeof(ulong), SeekOrigin.Begin);
        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        map.ReadExactly(entry);
        return (BitConverter.ToUInt64(entry) & ((1UL << 55) - 1)) * Page;
    }
}
