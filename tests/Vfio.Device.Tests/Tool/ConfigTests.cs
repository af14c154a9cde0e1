using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Tool;

/// <summary>Runs <c>vfio config</c> on the lab's devices.</summary>
public sealed class ConfigTests
{
    private const int NoSuchDevice = 66;
    private const int Usage = 64;

    private static readonly string[] _asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    [Fact]
    public void Root_sees_all()
    {
        JsonElement report = Run([], TestDevice.Nvme());

        Assert.Equal(("sysfs", 4096), (report.GetProperty("source").GetString(), report.GetProperty("knownBytes").GetInt32()));
        Assert.Equal("1b36", report.GetProperty("header").GetProperty("vendorId").GetString());
        JsonElement capabilities = report.GetProperty("capabilities");
        Assert.Equal("complete", capabilities.GetProperty("state").GetString());
        JsonElement msix = Capability(capabilities, "MSI-X");
        Assert.Equal(65, msix.GetProperty("vectors").GetInt32());
        Assert.True(Capability(capabilities, "PCI Express").GetProperty("functionLevelReset").GetBoolean());
        Assert.Equal("complete", report.GetProperty("extendedCapabilities").GetProperty("state").GetString());
    }

    [Fact]
    public void Others_see_64_bytes_and_are_told_so()
    {
        JsonElement report = Run(_asNobody, TestDevice.Igb());

        Assert.Equal(64, report.GetProperty("knownBytes").GetInt32());
        Assert.Equal("8086", report.GetProperty("header").GetProperty("vendorId").GetString());
        Assert.Equal("unknown", report.GetProperty("capabilities").GetProperty("state").GetString());
        Assert.Equal("unknown", report.GetProperty("extendedCapabilities").GetProperty("state").GetString());
    }

    [Fact]
    public void The_owners_view_is_read_and_the_device_given_back()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Igb();

        JsonElement report = Run([], address, "--vfio", "--raw");

        Assert.Equal(("vfio", 4096), (report.GetProperty("source").GetString(), report.GetProperty("knownBytes").GetInt32()));
        Assert.Equal(8192, report.GetProperty("raw").GetString()!.Length);
        JsonElement sriov = Capability(report.GetProperty("extendedCapabilities"), "Single Root I/O Virtualization");
        Assert.Equal("10ca", sriov.GetProperty("vfDeviceId").GetString());
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void People_read_it_from_the_top_down()
    {
        (int exitCode, string output, string error) = Command.Vfio("config", TestDevice.Igb().ToString(), "--raw");

        Assert.Equal((0, string.Empty), (exitCode, error));
        int header = output.IndexOf("\nheader\n", StringComparison.Ordinal);
        int capabilities = output.IndexOf("\ncapabilities\n", StringComparison.Ordinal);
        int extended = output.IndexOf("\nextended capabilities\n", StringComparison.Ordinal);
        int dump = output.IndexOf("\n000: 86 80 c9 10 ", StringComparison.Ordinal);
        Assert.True(0 < header && header < capabilities && capabilities < extended && extended < dump, output);
    }

    [Theory]
    [InlineData("0000:00:1e.7", NoSuchDevice, "there is no PCI function at this address")]
    [InlineData("nonsense", Usage, "'nonsense' is not a PCI address")]
    public void A_function_that_is_not_there(string address, int code, string message)
    {
        (int exitCode, string output, string error) = Command.Vfio("config", address, "--json");

        Assert.Equal((code, string.Empty), (exitCode, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static JsonElement Run(string[] prefix, PciAddress address, params string[] options)
    {
        (int exitCode, string output, string error) = Command.Vfio(prefix, ["config", address.ToString(), "--json", .. options]);

        Assert.True(exitCode == 0, $"exit code {exitCode}: {error}");
        return JsonElement.Parse(output);
    }

    private static JsonElement Capability(JsonElement chain, string name)
        => chain.GetProperty("list").EnumerateArray().Single(it => it.GetProperty("name").GetString() == name).GetProperty("registers");
}
