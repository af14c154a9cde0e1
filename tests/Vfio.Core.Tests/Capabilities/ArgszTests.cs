using System.Buffers.Binary;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Answers of a size that the kernel decides, through an open.</summary>
public sealed class ArgszTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void An_answer_is_asked_for_again_until_it_fits()
    {
        using VfioDevice device = _machine.Open();
        Assert.Equal(2, _machine.Kernel.Faults.Count(nameof(IVfioKernel.GetIommuInfo)));
        Assert.Equal(new IovaRange(new Iova(0), new Iova(0xfedf_ffff)), device.Dma.Ranges[0]);
        AddressSpaceInfo info = device.Dma.GetInfo();
        Assert.Equal(4096UL, info.MinPageSize);
        Assert.Equal(65535u, info.AvailableMappings);
        Assert.Equal(0UL, info.MaxDirtyBitmapSize);
    }

    [Fact]
    public void A_kernel_without_ranges_gets_those_of_type1()
    {
        _machine.Kernel.TellsRanges = false;
        using VfioDevice device = _machine.Open();
        Assert.Equal(["0x0-0xfedfffff", "0xfef00000-0x7fffffffff"], device.Dma.Ranges.Select(static range => range.ToString()));
        Assert.Null(device.Dma.GetInfo().AvailableMappings);
    }

    [Fact]
    public void What_dirty_tracking_can_do_is_read()
    {
        _machine.Kernel.IommuCapabilities = new AnswerTail((int)_machine.Kernel.IommuCapabilityOffset)
            .Add(VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION, 0, 0, 0x1000, 0, 0x100, 0)
            .ToArray();
        using VfioDevice device = _machine.Open();
        Assert.Equal(0x1000UL, device.Dma.GetInfo().DirtyTrackingPageSizes);
        Assert.Equal(0x100UL, device.Dma.GetInfo().MaxDirtyBitmapSize);
    }

    [Fact]
    public void A_size_that_grows_for_ever_is_refused()
    {
        _machine.Kernel.IommuArgsz = static offered => offered + 8;
        Assert.Throws<InvalidDataException>(() => _machine.Open());
        _machine.Kernel.IommuArgsz = null;
    }

    [Fact]
    public void A_size_that_no_structure_has_is_refused()
    {
        _machine.Kernel.IommuArgsz = static _ => uint.MaxValue;
        Assert.Throws<InvalidDataException>(() => _machine.Open());
        _machine.Kernel.IommuArgsz = null;
    }

    [Fact]
    public void A_chain_that_is_malformed_ends_the_open_and_leaves_nothing_open()
    {
        _machine.Device.Regions[0]!.Capabilities = new byte[16];
        _machine.Device.Regions[0]!.CapabilityOffset = 4;
        Assert.Throws<InvalidDataException>(() => _machine.Open());
        _machine.AssertClean();
        _machine.Device.Regions[0]!.Capabilities = [];
        _machine.Kernel.IommuCapabilities = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(_machine.Kernel.IommuCapabilities.AsSpan(4), 3);
        Assert.Throws<InvalidDataException>(() => _machine.Open());
    }

    [Fact]
    public void A_device_without_configuration_space_is_refused_by_name()
    {
        _machine.Kernel.RegionCount = 0;
        VfioException error = Assert.Throws<VfioException>(() => _machine.Open());
        Assert.Contains(FakeMachine.Address, error.Message, StringComparison.Ordinal);
    }
}
