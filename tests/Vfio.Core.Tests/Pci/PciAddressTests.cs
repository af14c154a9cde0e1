using FsCheck.Fluent;

namespace Vfio.Core.Tests;

public sealed class PciAddressTests
{
    [Theory]
    [InlineData("0000:00:03.0", 0, 0, 3, 0)]
    [InlineData("00:03.0", 0, 0, 3, 0)]
    [InlineData("ffff:ff:1f.7", 0xffff, 0xff, 0x1f, 7)]
    [InlineData("FFFF:FF:1F.7", 0xffff, 0xff, 0x1f, 7)]
    [InlineData("10000:e1:00.0", 0x10000, 0xe1, 0, 0)]
    [InlineData("10000000:01:02.3", 0x10000000, 1, 2, 3)]
    [InlineData("ffffffff:01:02.3", uint.MaxValue, 1, 2, 3)]
    public void An_address_is_read(string text, uint domain, int bus, int device, int function)
    {
        PciAddress address = PciAddress.Parse(text);
        Assert.Equal(new PciAddress(domain, bus, device, function), address);
        Assert.Equal(address, PciAddress.Parse(address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("::")]
    [InlineData("0")]
    [InlineData("00:03")]
    [InlineData("00:03.")]
    [InlineData("0:03.0")]
    [InlineData("00:3.0")]
    [InlineData("000:03.0")]
    [InlineData("00:03.00")]
    [InlineData("00:03.8")]
    [InlineData("00:20.0")]
    [InlineData("00:ff.0")]
    [InlineData("0000:00:20.0")]
    [InlineData("0000:00:03.8")]
    [InlineData("0000:00:03.a")]
    [InlineData("0000:00:03:0")]
    [InlineData("0000.00.03.0")]
    [InlineData("000:00:03.0")]
    [InlineData(":00:03.0")]
    [InlineData("100000000:00:03.0")]
    [InlineData("0000:00:03.0 ")]
    [InlineData(" 0000:00:03.0")]
    [InlineData("0000: 0:03.0")]
    [InlineData("0000:0 :03.0")]
    [InlineData("0000:+0:03.0")]
    [InlineData("0000:-1:03.0")]
    [InlineData("0x00:00:03.0")]
    [InlineData("gggg:00:03.0")]
    [InlineData("0000:gg:03.0")]
    [InlineData("0000:00:03.0\n")]
    [InlineData("0000:0\0:03.0")]
    [InlineData("000\0:00:03.0")]
    [InlineData("0000:00:0\0.0")]
    [InlineData("0000:00:03.\0")]
    [InlineData("1:0000:00:03.0")]
    [InlineData("0000:00:03.0/../..")]
    [InlineData("٠٠٠٠:00:03.0")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(PciAddress.TryParse(text, out _));
        FormatException error = Assert.Throws<FormatException>(() => PciAddress.Parse(text));
        Assert.Contains("0000:00:03.0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(256, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 32, 0)]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 8)]
    public void Parts_out_of_range_are_refused(int bus, int device, int function)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new PciAddress(0, bus, device, function));

    [Fact]
    public void Every_address_survives_being_written_and_read()
        => Hold.Always(Prop.ForAll<uint, byte, byte>(static (domain, bus, rest) =>
        {
            var address = new PciAddress(domain, bus, rest >> 3, rest & 7);
            return PciAddress.Parse(address.ToString()) == address;
        }));

    [Fact]
    public void No_text_brings_the_parser_down_and_what_it_reads_is_written_back()
        => Hold.Always(Prop.ForAll<string>(static text =>
            text is null || !PciAddress.TryParse(text, out PciAddress address)
            || PciAddress.Parse(address.ToString()) == address));

    [Fact]
    public void Addresses_sort_by_domain_bus_device_and_function()
    {
        PciAddress[] sorted = [.. new[] { "10000:00:00.0", "0000:01:00.0", "0000:00:1f.0", "0000:00:03.1", "0000:00:03.0" }
            .Select(PciAddress.Parse).Order()];
        Assert.Equal(
            ["0000:00:03.0", "0000:00:03.1", "0000:00:1f.0", "0000:01:00.0", "10000:00:00.0"],
            sorted.Select(static address => address.ToString()));
        Assert.True(sorted[0] < sorted[1] && sorted[1] > sorted[0] && sorted[0] <= sorted[1] && sorted[1] >= sorted[0]);
    }

    [Fact]
    public void The_parsing_interfaces_agree()
    {
        Assert.Equal(new PciAddress(0, 0, 3, 0), Parse<PciAddress>("0000:00:03.0"));
        Assert.False(TryParse<PciAddress>(null));
    }

    private static T Parse<T>(string text)
        where T : IParsable<T>
        => T.Parse(text, provider: null);

    private static bool TryParse<T>(string? text)
        where T : IParsable<T>
        => T.TryParse(text, provider: null, out _);
}
