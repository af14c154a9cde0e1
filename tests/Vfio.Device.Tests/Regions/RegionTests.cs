using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Regions;

public sealed class RegionTests
{
    private const byte MsiCapability = 0x05;
    private const byte MsixCapability = 0x11;
    private const byte ExpressCapability = 0x10;
    private const ushort SriovCapability = 0x10;

    [Fact]
    public void A_bar_reads_the_same_mapped_and_by_calls()
    {
        using var taken = new Taken(TestDevice.Edu());
        taken.Device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        using MappedRegion mapped = bar.Map();

        Assert.Equal(0x010000edu, mapped.Read32(0));
        Assert.Equal(bar.Read32(0), mapped.Read32(0));
        Assert.Equal(bar.Length, mapped.Length);

        bar.Write32(4, 0x1357_9bdf);
        Assert.Equal(~0x1357_9bdfu, mapped.Read32(4));
        mapped.Write32(4, 0x0246_8ace);
        Assert.Equal(~0x0246_8aceu, bar.Read32(4));
    }

    [Fact]
    public void Every_width_reaches_memory_behind_a_bar()
    {
        using var taken = new Taken(TestDevice.Ivshmem());
        taken.Device.Config.Command |= PciCommand.Memory;
        DeviceRegion bar = taken.Device.Regions.Bar(2);
        using MappedRegion mapped = bar.Map();

        foreach (IRegisterAccess way in (IRegisterAccess[])[bar, mapped])
        {
            IRegisterAccess other = ReferenceEquals(way, bar) ? mapped : bar;
            way.Write64(0, 0x0123_4567_89ab_cdef);
            Assert.Equal(0xef, other.Read8(0));
            Assert.Equal(0x89ab, other.Read16(2));
            Assert.Equal(0x0123_4567u, other.Read32(4));
            way.Write8(7, 0xff);
            way.Write16(0, 0x1111);
            Assert.Equal(0xff23_4567_89ab_1111, other.Read64(0));
            way.Write64HighLow(8, 0xaaaa_bbbb_cccc_dddd);
            Assert.Equal(0xaaaa_bbbb_cccc_dddd, other.Read64LowHigh(8));
        }

        byte[] pattern = new byte[65536];
        Random.Shared.NextBytes(pattern);
        bar.Write(0, pattern);
        for (int offset = 0; offset < pattern.Length; offset += 8)
        {
            Assert.Equal(BitConverter.ToUInt64(pattern, offset), mapped.Read64(offset));
        }
    }

    [Fact]
    public void Accesses_outside_or_askew_are_refused_before_they_are_made()
    {
        using var taken = new Taken(TestDevice.Edu());
        DeviceRegion bar = taken.Device.Regions.Bar(0);
        using MappedRegion mapped = bar.Map();
        foreach (IRegisterAccess way in (IRegisterAccess[])[bar, mapped])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => way.Read32(bar.Length));
            Assert.Throws<ArgumentOutOfRangeException>(() => way.Read32(-4));
            Assert.Throws<ArgumentOutOfRangeException>(() => way.Write64(bar.Length, 0));
            Assert.Throws<ArgumentException>(() => way.Read32(2));
            Assert.Throws<ArgumentException>(() => way.Write16(1, 0));
        }
    }

    [Fact]
    public void The_msix_table_is_seen_by_mapping_and_hidden_from_calls()
    {
        using var taken = new Taken(TestDevice.Nvme());
        taken.Device.Config.Command |= PciCommand.Memory;
        Assert.True(taken.Device.Config.TryFindCapability(MsixCapability, out PciCapability msix));
        uint table = taken.Device.Config.Read32(msix.Offset + 4);
        DeviceRegion bar = taken.Device.Regions.Bar((int)(table & 7));
        using MappedRegion mapped = bar.Map();
        long vectorControl = (table & ~7u) + 12;

        Assert.True(bar.IsMsixMappable);
        Assert.Equal(1u, mapped.Read32(vectorControl));
        Assert.Equal(uint.MaxValue, bar.Read32(vectorControl));
    }

    [Fact]
    public void A_region_that_the_device_lacks_has_no_length_and_cannot_be_mapped()
    {
        using var taken = new Taken(TestDevice.Edu());
        DeviceRegion absent = taken.Device.Regions.Bar(5);

        Assert.False(absent.IsPresent);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(absent.Map).Kind);
    }

    [Fact]
    public void A_bar_that_is_switched_off_gives_an_error_by_calls()
    {
        using var taken = new Taken(TestDevice.Edu());
        taken.Device.Config.Command &= ~PciCommand.Memory;

        VfioException refusal = Assert.Throws<VfioException>(() => taken.Device.Regions.Bar(0).Read32(0));

        Assert.Contains("PciCommand.Memory", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, refusal.Errno);
    }

    [Fact]
    public void Capabilities_are_found_by_id()
    {
        using var edu = new Taken(TestDevice.Edu());
        Assert.True(edu.Device.Config.TryFindCapability(MsiCapability, out _));
        Assert.False(edu.Device.Config.TryFindCapability(MsixCapability, out _));
        Assert.False(edu.Device.Config.TryFindExtendedCapability(SriovCapability, out _));

        using var igb = new Taken(TestDevice.Igb());
        Assert.Equal(4096, igb.Device.Config.Length);
        Assert.True(igb.Device.Config.TryFindCapability(ExpressCapability, out _));
        Assert.True(igb.Device.Config.TryFindCapability(MsixCapability, out _));
        Assert.True(igb.Device.Config.TryFindExtendedCapability(SriovCapability, out PciExtendedCapability sriov));
        Assert.True(sriov.Offset >= 0x100);
    }

    [Fact]
    public void Configuration_space_reads_the_same_in_every_width()
    {
        using var taken = new Taken(TestDevice.Any());
        PciConfigSpace config = taken.Device.Config;
        byte[] bytes = new byte[64];
        config.Read(0, bytes);

        for (int offset = 0; offset < bytes.Length; offset += 4)
        {
            Assert.Equal(BitConverter.ToUInt32(bytes, offset), config.Read32(offset));
            Assert.Equal(BitConverter.ToUInt16(bytes, offset), config.Read16(offset));
            Assert.Equal(bytes[offset + 3], config.Read8(offset + 3));
        }
    }

    [Fact]
    public void Registers_end_with_their_device()
    {
        var taken = new Taken(TestDevice.Edu());
        taken.Device.Config.Command |= PciCommand.Memory;
        MappedRegion mapped = taken.Device.Regions.Bar(0).Map();
        DeviceRegion bar = taken.Device.Regions.Bar(0);

        taken.Dispose();

        Assert.Throws<ObjectDisposedException>(() => mapped.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => mapped.Write32(4, 0));
        Assert.Throws<ObjectDisposedException>(() => bar.Read32(0));
        mapped.Dispose();
    }
}
