using System.Text.Json;
using Vfio.Core;
using Vfio.Core.Tests;

namespace Vfio.Tool.Tests.Config;

public sealed class ConfigJsonTests
{
    [Fact]
    public void A_report_has_its_fields()
    {
        JsonElement report = Reported.Json(LabImages.IgbPhysical().Image);

        Assert.Equal(
            ["device", "ids", "name", "source", "knownBytes", "gone", "header", "capabilities", "extendedCapabilities", "raw"],
            report.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("Intel Corporation 82576 Gigabit Network Connection", report.GetProperty("name").GetString());
        Assert.Equal("8086:10c9", report.GetProperty("ids").GetString());
        Assert.Equal(("sysfs", 4096, false), (report.GetProperty("source").GetString(), report.GetProperty("knownBytes").GetInt32(), report.GetProperty("gone").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("raw").ValueKind);
    }

    [Fact]
    public void A_header()
    {
        JsonElement header = Reported.Json(LabImages.IgbPhysical().Image).GetProperty("header");

        Assert.Equal(("8086", "10c9", "020000"), (Of(header, "vendorId"), Of(header, "deviceId"), Of(header, "class")));
        Assert.Equal(["io", "memory", "systemError"], header.GetProperty("command").EnumerateArray().Select(static flag => flag.GetString()));
        Assert.Equal("A", Of(header, "interruptPin"));
        JsonElement[] bars = [.. header.GetProperty("bars").EnumerateArray()];
        Assert.Equal(4, bars.Length);
        Assert.Equal((3, "memory64", "0xfe840000", false), (bars[3].GetProperty("bar").GetInt32(), Of(bars[3], "kind"), Of(bars[3], "address"), bars[3].GetProperty("prefetchable").GetBoolean()));
        Assert.Equal("io", Of(bars[2], "kind"));
    }

    [Fact]
    public void A_bridge()
    {
        JsonElement bridge = Reported.Json(LabImages.RootPort().Image).GetProperty("header").GetProperty("bridge");

        Assert.Equal((0, 1, 1), (bridge.GetProperty("primaryBus").GetInt32(), bridge.GetProperty("secondaryBus").GetInt32(), bridge.GetProperty("subordinateBus").GetInt32()));
        Assert.Equal("0xfe800000-0xfe9fffff", Of(bridge, "memory"));
    }

    [Fact]
    public void Capabilities()
    {
        JsonElement report = Reported.Json(LabImages.IgbPhysical().Image);

        JsonElement msix = Capability(report, "capabilities", "MSI-X");
        Assert.Equal((0x11, 0x70, "decoded"), (msix.GetProperty("id").GetInt32(), msix.GetProperty("offset").GetInt32(), Of(msix, "state")));
        Assert.Equal(JsonValueKind.Null, msix.GetProperty("version").ValueKind);
        Assert.Equal((10, "0x2000"), (msix.GetProperty("registers").GetProperty("vectors").GetInt32(), Of(msix.GetProperty("registers"), "pendingBitsOffset")));
        JsonElement sriov = Capability(report, "extendedCapabilities", "Single Root I/O Virtualization");
        Assert.Equal(1, sriov.GetProperty("version").GetInt32());
        JsonElement registers = sriov.GetProperty("registers");
        Assert.Equal((8, 2, "10ca", true), (registers.GetProperty("totalVfs").GetInt32(), registers.GetProperty("numVfs").GetInt32(), Of(registers, "vfDeviceId"), registers.GetProperty("vfEnabled").GetBoolean()));
        Assert.Equal(2, registers.GetProperty("vfBars").GetArrayLength());
        Assert.Equal("complete", Of(report.GetProperty("extendedCapabilities"), "state"));
    }

    [Fact]
    public void What_64_bytes_do_not_tell_is_unknown()
    {
        JsonElement report = Reported.Json(LabImages.IgbPhysical().First(64), raw: true);

        foreach ((string kind, string problem) in new[] { ("capabilities", "is not known from 0x40 on"), ("extendedCapabilities", "is not known from 0x100 on") })
        {
            Assert.Equal(("unknown", problem, 0), (Of(report.GetProperty(kind), "state"), Of(report.GetProperty(kind), "problem"), report.GetProperty(kind).GetProperty("list").GetArrayLength()));
        }

        Assert.Equal(128, Of(report, "raw")!.Length);
        Assert.StartsWith("8680c910", Of(report, "raw"), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, Reported.Json(LabImages.IgbPhysical().First(63)).GetProperty("header").ValueKind);
    }

    [Theory]
    [InlineData(256, "malformed")]
    [InlineData(0x48, "unknown")]
    public void What_is_cut_off_is_named(int length, string state)
    {
        ConfigBytes bytes = length == 256 ? new ConfigBytes(256).Capability(0xf8, 0x11, "00 00") : new ConfigBytes(256).Capability(0x40, 0x11, "00 00");

        JsonElement msix = Capability(Reported.Json(bytes.First(length)), "capabilities", "MSI-X");

        Assert.Equal((state, JsonValueKind.Null), (Of(msix, "state"), msix.GetProperty("registers").ValueKind));
    }

    [Fact]
    public void What_has_no_decoder_has_its_name_and_what_has_none_its_number()
    {
        JsonElement[] list = [.. Reported.Json(new ConfigBytes().Extended(0x100, 0x1e).Extended(0x200, 0x99).Image)
            .GetProperty("extendedCapabilities").GetProperty("list").EnumerateArray()];

        Assert.Equal(("L1 PM Substates", "named"), (Of(list[0], "name"), Of(list[0], "state")));
        Assert.Equal((null, 0x99), (Of(list[1], "name"), list[1].GetProperty("id").GetInt32()));
    }

    [Fact]
    public void A_broken_chain_is_named()
    {
        JsonElement capabilities = Reported.Json(new ConfigBytes(256).Capability(0x40, 1, "03 00 00 00").At(0x41, "40").Image).GetProperty("capabilities");

        Assert.Equal(("cycle", "closes a cycle at 0x40", 1), (Of(capabilities, "state"), Of(capabilities, "problem"), capabilities.GetProperty("list").GetArrayLength()));
    }

    [Fact]
    public void A_device_that_is_gone_says_nothing()
    {
        JsonElement report = Reported.Json(new PciConfigImage([.. Enumerable.Repeat((byte)0xff, 256)]));

        Assert.True(report.GetProperty("gone").GetBoolean());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("header").ValueKind);
        Assert.Equal("unknown", Of(report.GetProperty("capabilities"), "state"));
    }

    private static JsonElement Capability(JsonElement report, string kind, string name)
        => report.GetProperty(kind).GetProperty("list").EnumerateArray().Single(it => Of(it, "name") == name);

    private static string? Of(JsonElement element, string name) => element.GetProperty(name).GetString();
}
