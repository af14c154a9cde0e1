namespace Vfio.Core.Tests;

/// <summary>Chains that make no sense: what is good is found, and what is wrong is named.</summary>
public sealed class ChainTests
{
    [Theory]
    [InlineData(0x40, PciChainState.Cycle, 0x40, "closes a cycle at 0x40")]
    [InlineData(0x50, PciChainState.Cycle, 0x50, "closes a cycle at 0x50")]
    [InlineData(0x3c, PciChainState.PointsBack, 0x3c, "points into the header at 0x3c")]
    [InlineData(0x04, PciChainState.PointsBack, 0x04, "points into the header at 0x4")]
    [InlineData(0xf0, PciChainState.AllOnes, 0xf0, "leads to where nothing answers at 0xf0")]
    public void The_first_chain(byte next, PciChainState state, int offset, string problem)
    {
        ConfigBytes bytes = new ConfigBytes(256).Capability(0x40, 5).Capability(0x50, 1);
        bytes.Array[0x51] = next;
        bytes.At(0xf0, "ff ff");

        Assert.Equal([(5, 0x40), (1, 0x50)], Standard(bytes.Image));
        Assert.Equal(new PciChainEnd(state, offset), bytes.Image.Capabilities.End);
        Assert.Equal(problem, bytes.Image.Capabilities.End.Problem);
        Assert.True(bytes.Image.Capabilities.End.IsMalformed);
        Assert.Equal((PciPresence.Present, PciPresence.Malformed), (bytes.Image.Find(out PciPowerManagement _), bytes.Image.Find(out PciMsix _)));
        Assert.Equal(PciPresence.Unknown, bytes.Image.Find(out PciSriov _));
    }

    [Theory]
    [InlineData("10", PciChainState.Cycle, 0x100, "closes a cycle at 0x100")]
    [InlineData("15", PciChainState.Cycle, 0x150, "closes a cycle at 0x150")]
    [InlineData("08", PciChainState.PointsBack, 0x80, "points into the first 256 bytes at 0x80")]
    [InlineData("20", PciChainState.AllOnes, 0x200, "leads to where nothing answers at 0x200")]
    public void The_second_chain(string next, PciChainState state, int offset, string problem)
    {
        PciConfigImage image = new ConfigBytes()
            .Extended(0x100, 1).Extended(0x150, 3, "01", version: 2).At(0x153, next).At(0x200, "ff ff ff ff").Image;

        Assert.Equal([(1, 1, 0x100), (3, 2, 0x150)], Extended(image));
        Assert.Equal(new PciChainEnd(state, offset), image.ExtendedCapabilities.End);
        Assert.Equal(problem, image.ExtendedCapabilities.End.Problem);
        Assert.Equal((PciPresence.Present, PciPresence.Malformed), (image.Find(out PciSerialNumber _), image.Find(out PciSriov _)));
    }

    [Theory]
    [InlineData("ff ff ff ff")]
    [InlineData("00 00 00 00")]
    public void An_extended_space_without_a_list(string header)
    {
        PciConfigImage image = new ConfigBytes().At(0x100, header).Image;

        Assert.Empty(Extended(image));
        Assert.Equal(default, image.ExtendedCapabilities.End with { State = default });
        Assert.True(image.ExtendedCapabilities.End.IsComplete);
    }

    [Fact]
    public void A_placeholder_is_passed_over()
    {
        PciConfigImage image = new ConfigBytes().At(0x100, "00 00 01 15").At(0x150, "03 00 01 00").Image;

        Assert.Equal([(3, 1, 0x150)], Extended(image));
    }

    [Fact]
    public void What_does_not_fit_is_malformed_and_the_rest_is_good()
    {
        PciConfigImage image = new ConfigBytes(256).Capability(0xfc, 0x11, "00 00").Capability(0x40, 1, "03 00 08 00").Image;

        Assert.Equal(PciPresence.Malformed, image.Find(out PciMsix _));
        Assert.Equal(PciPresence.Present, image.Find(out PciPowerManagement _));
        Assert.Equal(PciPresence.Malformed, new ConfigBytes().Extended(0x100, 1).Extended(0xffc, 0x10).Image.Find(out PciSriov _));
    }

    [Fact]
    public void Low_bits_of_pointers_do_not_count()
    {
        ConfigBytes bytes = new ConfigBytes(256).Capability(0x40, 5).Capability(0x50, 1);
        bytes.Array[0x34] |= 3;
        bytes.Array[0x41] |= 3;

        Assert.Equal([(5, 0x40), (1, 0x50)], Standard(bytes.Image));
    }

    [Theory]
    [InlineData(0x05, "MSI")]
    [InlineData(0x14, "Enhanced Allocation")]
    [InlineData(0x00, "Null")]
    [InlineData(0x15, null)]
    public void Names(byte id, string? name) => Assert.Equal(name, new PciCapability(id, 0x40).Name);

    [Theory]
    [InlineData(0x09, "Virtual Channel")]
    [InlineData(0x31, "Physical Layer 64.0 GT/s")]
    [InlineData(0x1c, null)]
    [InlineData(0x0105, null)]
    public void Names_of_extended_ones(ushort id, string? name) => Assert.Equal(name, new PciExtendedCapability(id, 1, 0x100).Name);

    private static List<(int Id, int Offset)> Standard(PciConfigImage image)
    {
        var found = new List<(int, int)>();
        foreach (PciCapability capability in image.Capabilities)
        {
            found.Add((capability.Id, capability.Offset));
        }

        return found;
    }

    private static List<(int Id, int Version, int Offset)> Extended(PciConfigImage image)
    {
        var found = new List<(int, int, int)>();
        foreach (PciExtendedCapability capability in image.ExtendedCapabilities)
        {
            found.Add((capability.Id, capability.Version, capability.Offset));
        }

        return found;
    }
}
