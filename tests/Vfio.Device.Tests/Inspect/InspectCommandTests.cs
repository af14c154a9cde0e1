using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary><c>vfio inspect</c> as its users run it.</summary>
public sealed class InspectCommandTests
{
    private static readonly string[] _nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    [Fact]
    public void Proof_is_one_object_of_json_and_a_warning_of_the_reset()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);

        (int exitCode, string output, string error) = Command.Vfio("inspect", address.ToString(), "--json", "--prove");

        Assert.True(exitCode == 0, error);
        JsonElement report = JsonElement.Parse(output);
        Assert.Equal(1, report.GetProperty("schema").GetInt32());
        Assert.Equal("yes", report.GetProperty("verdict").GetString());
        JsonElement finding = Assert.Single(report.GetProperty("findings").EnumerateArray());
        Assert.Equal("NoResetMechanism", finding.GetProperty("code").GetString());
        Assert.Equal("proven", finding.GetProperty("confidence").GetString());
        Assert.Equal($"vfio: {address}: asking the kernel; opening the device resets it\n", error);
    }

    [Fact]
    public void A_user_without_rights_gets_a_verdict_and_is_told_what_is_unknown()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Nvme();

        (int exitCode, string output, string error) = Command.Vfio(_nobody, ["inspect", address.ToString(), "--json"]);

        Assert.True(exitCode == 10, error);
        Assert.Empty(error);
        JsonElement report = JsonElement.Parse(output);
        Assert.Equal("after", report.GetProperty("verdict").GetString());
        Assert.Equal("R0", report.GetProperty("reset").GetProperty("class").GetString());
        string[] paths = [.. report.GetProperty("unknown").EnumerateArray().Select(static fact => fact.GetProperty("path").GetString()!)];
        Assert.Contains($"/sys/bus/pci/devices/{address}/config", paths, StringComparer.Ordinal);
    }
}
