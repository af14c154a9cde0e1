using FsCheck.Fluent;

namespace Vfio.Core.Tests;

public sealed class PciNamesTests
{
    private static readonly PciNames _names = PciNames.Parse(
    [
        "# comment",
        string.Empty,
        "8086  Intel Corporation",
        "\t100e  82540EM Gigabit Ethernet Controller",
        "\t\t8086 001e  PRO/1000 MT Desktop Adapter",
        "\t1533  I210 Gigabit Network Connection",
        "1af4  Red Hat, Inc.",
        "\t1000  Virtio network device",
        "zzzz  no vendor",
        "\t0001  a child of none",
        "C 01  Mass storage controller",
        "\t08  Non-Volatile memory controller",
        "\t\t02  NVM Express",
        "C 02  Network controller",
        "8",
        "\t",
        "\t1",
        "C ",
        "C 0",
    ]);

    [Fact]
    public void Names_are_found()
    {
        Assert.Equal("Intel Corporation", _names.OfVendor(0x8086));
        Assert.Equal("82540EM Gigabit Ethernet Controller", _names.OfDevice(0x8086, 0x100e));
        Assert.Equal("I210 Gigabit Network Connection", _names.OfDevice(0x8086, 0x1533));
        Assert.Equal("Virtio network device", _names.OfDevice(0x1af4, 0x1000));
        Assert.Equal("Non-Volatile memory controller", _names.OfClass(0x010802));
        Assert.Equal("Mass storage controller", _names.OfClass(0x01ff00));
        Assert.Equal("Network controller", _names.OfClass(0x020000));
    }

    [Fact]
    public void What_is_not_there_has_no_name()
    {
        Assert.Null(_names.OfVendor(0xffff));
        Assert.Null(_names.OfDevice(0x1af4, 0x100e));
        Assert.Null(_names.OfDevice(0x1af4, 0x0001));
        Assert.Null(_names.OfClass(0xff0000));
        Assert.Null(PciNames.Parse([]).OfVendor(0x8086));
    }

    [Fact]
    public void No_lines_bring_the_parser_down()
        => Hold.Always(Prop.ForAll<string[]>(static lines =>
            PciNames.Parse((lines ?? []).Select(static line => line ?? string.Empty)).OfVendor(0) is null or { Length: > 0 }));

    [Fact]
    public void The_system_may_have_names_or_none() => Assert.NotNull(PciNames.Load());
}
