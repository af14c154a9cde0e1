namespace Vfio.Core.Tests;

/// <summary>The first 64 bytes, of each type.</summary>
public sealed class HeaderTests
{
    [Fact]
    public void An_endpoint()
    {
        PciHeader header = Read(LabImages.IgbPhysical());

        Assert.Equal((0x8086, 0x10c9, 1), (header.VendorId, header.DeviceId, header.RevisionId));
        Assert.Equal(0x020000u, header.ClassCode);
        Assert.Equal(PciCommand.IO | PciCommand.Memory | PciCommand.SystemError, header.Command);
        Assert.Equal(PciStatus.CapabilityList, header.Status);
        Assert.Equal(PciHeaderType.Normal, header.Type);
        Assert.False(header.IsMultifunction);
        Assert.Equal((0x1af4, 0x1100), (header.SubsystemVendorId, header.SubsystemId));
        Assert.Equal((11, 1), (header.InterruptLine, header.InterruptPin));
        Assert.Equal(default, header.Rom);
        Assert.False(LabImages.IgbPhysical().Image.TryGetBridgeHeader(out _));
        Assert.False(LabImages.IgbPhysical().Image.TryGetCardBusHeader(out _));
    }

    [Fact]
    public void Its_bars()
    {
        PciBarSet bars = Read(LabImages.IgbPhysical()).Bars;

        Assert.Equal(6, bars.Count);
        Assert.Equal(new PciBar(PciBarKind.Memory32, 0xfe80_0000, IsPrefetchable: false), bars[0]);
        Assert.Equal(new PciBar(PciBarKind.Memory32, 0xfe82_0000, IsPrefetchable: false), bars[1]);
        Assert.Equal(new PciBar(PciBarKind.IO, 0xd000, IsPrefetchable: false), bars[2]);
        Assert.Equal(new PciBar(PciBarKind.Memory64, 0xfe84_0000, IsPrefetchable: false), bars[3]);
        Assert.Equal(PciBarKind.UpperHalf, bars[4].Kind);
        Assert.Equal(default, bars[5]);
        Assert.Equal(0xd001u, bars.Register(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => bars[6]);
        Assert.Throws<ArgumentOutOfRangeException>(() => bars[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => default(PciBarSet).Register(0));
    }

    [Fact]
    public void An_address_of_64_bits()
        => Assert.Equal(new PciBar(PciBarKind.Memory64, 0xc0_0000_0000, IsPrefetchable: false), Read(LabImages.Nvme()).Bars[0]);

    [Theory]
    [InlineData("0c 00 00 00 01 00 00 00", PciBarKind.Memory64, 0x1_0000_0000UL, true, PciBarKind.UpperHalf)]
    [InlineData("0c 00 00 00 00 00 00 00", PciBarKind.Memory64, 0UL, true, PciBarKind.UpperHalf)]
    [InlineData("04 00 00 10 04 00 00 00", PciBarKind.Memory64, 0x4_1000_0000UL, false, PciBarKind.UpperHalf)]
    [InlineData("02 00 0a 00 00 00 00 00", PciBarKind.MemoryBelow1M, 0xa_0000UL, false, PciBarKind.Empty)]
    [InlineData("06 00 0a 00 00 00 00 00", PciBarKind.Undefined, 0xa_0000UL, false, PciBarKind.Empty)]
    [InlineData("08 00 00 e0 01 00 00 00", PciBarKind.Memory32, 0xe000_0000UL, true, PciBarKind.IO)]
    public void Kinds_of_bars(string registers, PciBarKind kind, ulong address, bool isPrefetchable, PciBarKind next)
    {
        PciBarSet bars = Read(new ConfigBytes().At(0x10, registers)).Bars;

        Assert.Equal(new PciBar(kind, address, isPrefetchable), bars[0]);
        Assert.Equal(next, bars[1].Kind);
    }

    [Fact]
    public void The_last_register_has_none_behind_it()
        => Assert.Equal(PciBarKind.Undefined, Read(new ConfigBytes().At(0x24, "04 00 00 10")).Bars[5].Kind);

    [Fact]
    public void A_rom()
    {
        Assert.Equal(0xfe40_0000u, Read(LabImages.E1000()).Rom.Address);
        Assert.False(Read(LabImages.E1000()).Rom.IsEnabled);
        Assert.True(Read(LabImages.E1000().At(0x30, "01")).Rom.IsEnabled);
    }

    [Fact]
    public void A_virtual_function_leaves_its_ids_to_the_physical_one()
    {
        PciHeader header = Read(LabImages.IgbVirtual());

        Assert.Equal((0xffff, 0xffff), (header.VendorId, header.DeviceId));
        Assert.False(LabImages.IgbVirtual().Image.IsGone);
        Assert.Equal(PciBarKind.Empty, header.Bars[0].Kind);
    }

    [Fact]
    public void A_bridge()
    {
        PciHeader header = Read(LabImages.RootPort());
        Assert.True(LabImages.RootPort().Image.TryGetBridgeHeader(out PciBridgeHeader bridge));

        Assert.Equal(PciHeaderType.Bridge, header.Type);
        Assert.Equal(2, header.Bars.Count);
        Assert.Equal(0xfeb0_1000u, header.Bars[0].Address);
        Assert.Equal((0, 0), (header.SubsystemVendorId, header.SubsystemId));
        Assert.Equal((0, 1, 1), (bridge.PrimaryBus, bridge.SecondaryBus, bridge.SubordinateBus));
        Assert.Equal(PciBridgeControl.SystemError, bridge.Control);
        Assert.Equal(PciStatus.None, bridge.SecondaryStatus);
        Assert.Equal(new PciBridgeWindow(0xd000, 0xdfff), bridge.IO);
        Assert.Equal(new PciBridgeWindow(0xfe80_0000, 0xfe9f_ffff), bridge.Memory);
        Assert.Equal(new PciBridgeWindow(0xc0_6000_0000, 0xc0_7fff_ffff), bridge.PrefetchableMemory);
        Assert.True(bridge.Memory.IsOpen);
    }

    [Fact]
    public void Windows_of_a_bridge_can_be_closed_narrow_or_wide()
    {
        ConfigBytes bytes = LabImages.RootPort().At(0x1c, "f1 01").At(0x20, "f0 ff 00 00").At(0x24, "00 10 00 10").At(0x30, "01 00 02 00");

        Assert.True(bytes.Image.TryGetBridgeHeader(out PciBridgeHeader bridge));

        Assert.Equal(new PciBridgeWindow(0x1_f000, 0x2_0fff), bridge.IO);
        Assert.False(bridge.Memory.IsOpen);
        Assert.Equal(new PciBridgeWindow(0x1000_0000, 0x100f_ffff), bridge.PrefetchableMemory);
    }

    [Fact]
    public void A_bridge_to_CardBus()
    {
        ConfigBytes bytes = new ConfigBytes(256).At(0x0e, "82").At(0x06, "10 00").At(0x14, "40 00 00 20 01 02 03 40").At(0x3e, "40 07").At(0x40, "01 00");

        Assert.True(bytes.Image.TryGetCardBusHeader(out PciCardBusHeader cardBus));

        Assert.Equal((1, 2, 3, 0x40), (cardBus.PrimaryBus, cardBus.CardBus, cardBus.SubordinateBus, cardBus.CardLatencyTimer));
        Assert.Equal(PciStatus.ReceivedMasterAbort, cardBus.SecondaryStatus);
        Assert.Equal(0x740, (int)cardBus.Control);
        PciHeader header = Read(bytes);
        Assert.True(header.IsMultifunction);
        Assert.Equal((PciHeaderType.CardBus, 1, 0u), (header.Type, header.Bars.Count, header.Rom.Register));
        Assert.True(bytes.Image.TryGet(out PciPowerManagement _));
    }

    [Fact]
    public void A_header_of_no_type_has_no_bars()
    {
        PciHeader header = Read(new ConfigBytes().At(0x0e, "05").At(0x10, "00 00 80 fe"));

        Assert.Equal((5, 0), ((int)header.Type, header.Bars.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    public void Less_than_a_header_is_none(int length)
    {
        PciConfigImage image = LabImages.RootPort().First(length);

        Assert.False(image.TryGetHeader(out _));
        Assert.False(image.TryGetBridgeHeader(out _));
        Assert.Equal(PciChainState.Unknown, image.Capabilities.End.State);
        Assert.Equal(PciPresence.Unknown, image.Find(out PciExpress _));
    }

    private static PciHeader Read(ConfigBytes bytes)
    {
        Assert.True(bytes.Image.TryGetHeader(out PciHeader header));
        return header;
    }
}
