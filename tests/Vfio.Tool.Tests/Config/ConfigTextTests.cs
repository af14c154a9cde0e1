using Vfio.Core;
using Vfio.Core.Tests;
using Vfio.Tool.Config;

namespace Vfio.Tool.Tests.Config;

public sealed class ConfigTextTests
{
    [Fact]
    public void From_the_top_down()
    {
        string[] text = Reported.Text(LabImages.IgbPhysical().Image);

        Assert.Equal("0000:01:00.0 8086:10c9 Intel Corporation 82576 Gigabit Network Connection", text[0]);
        Assert.Equal("read from sysfs: 4096 bytes", text[1]);
        string[] titles = [.. text.Where(static line => line.Length > 0 && line[0] != ' ').Skip(2)];
        Assert.Equal(["header", "capabilities", "extended capabilities"], titles);
        Assert.Contains("  vendor id               8086 Intel Corporation", text);
        Assert.Contains("  class                   020000 Ethernet controller", text);
        Assert.Contains("    bar 3, kind memory64, address 0xfe840000", text);
        Assert.Contains("  0x70 MSI-X", text);
        Assert.Contains("    vectors                 10", text);
        Assert.Contains("  0x160 Single Root I/O Virtualization, version 1", text);
        Assert.Contains("    vf device id            10ca", text);
        Assert.Contains("      bar 3, kind memory64, address 0xc060020000, prefetchable", text);
        Assert.DoesNotContain("unknown", string.Join('\n', text), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_stay_readable() => Assert.All(Reported.Text(LabImages.RootPort().Image), static line => Assert.InRange(line.Length, 0, 105));

    [Fact]
    public void What_64_bytes_do_not_tell_is_said()
    {
        string[] text = Reported.Text(LabImages.IgbPhysical().First(64));

        Assert.Contains("  the chain is not known from 0x40 on", text);
        Assert.Contains("  the chain is not known from 0x100 on", text);
        Assert.StartsWith("unknown is not absent: the kernel shows ordinary users 64 bytes", text[^2], StringComparison.Ordinal);
        Assert.Contains("header: unknown, because it has 64 bytes", Reported.Text(LabImages.IgbPhysical().First(32)));
        Assert.StartsWith("unknown is not absent: the machine", Reported.Text(LabImages.IgbPhysical().First(256), ConfigSource.Vfio)[^2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_said_too()
    {
        string[] text = Reported.Text(LabImages.E1000().Image);

        Assert.Contains("capabilities: none", text);
        Assert.Contains("extended capabilities: none", text);
        Assert.Contains("  rom                     address 0xfe400000", text);
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        string[] text = Reported.Text(new ConfigBytes(256).Capability(0x40, 1, "03 00 00 00").Capability(0xfc, 0x11).At(0xfd, "40").Image);

        Assert.Contains("  0xfc MSI-X, malformed: it does not fit where it is", text);
        Assert.Contains("  the chain is malformed: it closes a cycle at 0x40", text);
        Assert.Contains("all bits read as one", Reported.Text(new PciConfigImage([.. Enumerable.Repeat((byte)0xff, 64)]))[2], StringComparison.Ordinal);
        Assert.Contains("  0x100 id 0x99, which has no name here, version 1, not decoded", Reported.Text(new ConfigBytes().Extended(0x100, 0x99).Image));
    }

    [Fact]
    public void A_virtual_function_has_no_ids_of_its_own()
        => Assert.Contains("  vendor id               ffff (of a virtual function; its physical function knows)", Reported.Text(LabImages.IgbVirtual().Image));

    [Fact]
    public void A_dump()
        => Assert.Equal(
            ["000: 34 12 e8 11 03 01 10 00 10 00 ff 00 00 00 00 00", "010: 00 00 a0"],
            Reported.Dump(LabImages.Edu().Array.AsSpan(0, 19)));

    [Theory]
    [InlineData("tableOffset", "table offset")]
    [InlineData("D3Hot", "d3 hot")]
    [InlineData("Capable66MHz", "capable66 mhz")]
    [InlineData("IO", "io")]
    public void Words_for_people(string name, string words) => Assert.Equal(words, Words.Apart(name));

    [Fact]
    public void Only_flags_with_a_name_are_shown()
        => Assert.Equal(["capabilityList", "fastBackToBack"], Words.Of(PciStatus.CapabilityList | PciStatus.FastBackToBack | (PciStatus)0x200));
}
