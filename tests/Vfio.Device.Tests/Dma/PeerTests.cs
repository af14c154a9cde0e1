using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Dma;

/// <summary>One device's memory as another one's DMA target.</summary>
public sealed class PeerTests
{
    private const int SharedMemoryBar = 2;
    private const int Page = 4096;

    private static readonly DmaMapOptions _reachable = new() { AddressBits = Edu.AddressBits };

    [Fact]
    public void A_bar_of_one_device_is_memory_for_another_where_the_back_end_can()
    {
        Mode.RequireIommu();
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        using var peer = new Taken(TestDevice.Ivshmem());
        using var taken = new Taken(TestDevice.Edu(), space);
        using var edu = new Edu(taken.Device);
        peer.Device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = peer.Device.Regions.Bar(SharedMemoryBar);
        if (Mode.Backend is VfioBackend.CompatType1V1 or VfioBackend.CompatType1V2)
        {
            Assert.Equal(
                VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => space.MapRegion(bar, 0, Page, _reachable)).Kind);
            Assert.Equal(0, space.MappingCount);
            return;
        }

        using DmaBuffer buffer = space.Allocate(Page, Edu.BufferOptions);
        DmaMapping mapping = space.MapRegion(bar, Page, Page, _reachable);
        using MappedRegion memory = bar.Map();
        buffer.Write32(0, 0x0b0e_b0e0);

        edu.Load(buffer.Iova);
        edu.Store(mapping.Iova);
        Assert.Equal(0x0b0e_b0e0u, memory.Read32(Page));

        memory.Write32(Page, 0x1234_4321);
        edu.Load(mapping.Iova);
        edu.Store(buffer.Iova);
        Assert.Equal(0x1234_4321u, buffer.Read32(0));

        // The mapping does not outlive the device whose memory it is.
        peer.Device.Dispose();
        Assert.False(mapping.IsLive);
        Assert.Equal(1, space.MappingCount);
    }

    [Fact]
    public void What_cannot_be_mapped_cannot_be_lent()
    {
        using var taken = new Taken(TestDevice.Edu());
        DeviceRegion config = taken.Device.Regions[7];

        Assert.Throws<ArgumentOutOfRangeException>(() => taken.Device.Dma.MapRegion(config, 0, Page));
        Assert.Throws<ArgumentOutOfRangeException>(() => taken.Device.Dma.MapRegion(taken.Device.Regions.Bar(0), 0, 2 << 20));
    }
}
