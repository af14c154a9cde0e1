using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Tests.Handover;

public sealed class HandoverCommandTests
{
    private const string First = "0000:03:01.0";
    private const string Second = "0000:03:02.0";

    private static readonly HandoverResult _done = new(
        [new(PciAddress.Parse(First), "e1000", "vfio-pci"), new(PciAddress.Parse(Second), "vfio-pci", "vfio-pci"), new(new PciAddress(0, 0, 3, 0), null, "vfio-pci")],
        [],
        ["IOMMU group 7 cannot be opened yet"],
        []);

    [Fact]
    public void Each_function_is_a_line_and_the_rest_goes_to_standard_error()
    {
        HandoverRun run = HandoverRun.Of(_done, "bind", First, Second);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            "0000:03:01.0  e1000 -> vfio-pci\n0000:03:02.0  vfio-pci, as before\n0000:00:03.0  no driver -> vfio-pci\n", run.Output);
        Assert.Equal("vfio: IOMMU group 7 cannot be opened yet\n", run.Error);
    }

    [Theory]
    [InlineData("bind")]
    [InlineData("restore")]
    public void JSON_is_one_object(string command)
    {
        using var json = JsonDocument.Parse(HandoverRun.Of(_done, command, First, "--json").Output);
        JsonElement root = json.RootElement;
        Assert.True(root.GetProperty("ok").GetBoolean());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("error").ValueKind);
        Assert.Equal("IOMMU group 7 cannot be opened yet", Assert.Single(root.GetProperty("warnings").EnumerateArray()).GetString());
        JsonElement[] devices = [.. root.GetProperty("devices").EnumerateArray()];
        Assert.Equal(First, devices[0].GetProperty("device").GetString());
        Assert.Equal("e1000", devices[0].GetProperty("before").GetString());
        Assert.Equal("vfio-pci", devices[0].GetProperty("after").GetString());
        Assert.True(devices[0].GetProperty("changed").GetBoolean());
        Assert.False(devices[1].GetProperty("changed").GetBoolean());
        Assert.Equal(JsonValueKind.Null, devices[2].GetProperty("before").ValueKind);
        Assert.Equal(4, devices[0].EnumerateObject().Count());
    }

    [Theory]
    [InlineData(VfioErrorKind.InUse, 1)]
    [InlineData(VfioErrorKind.BindFailed, 1)]
    [InlineData(VfioErrorKind.GroupBusy, 1)]
    [InlineData(VfioErrorKind.NoSuchDevice, 66)]
    [InlineData(VfioErrorKind.NoVfio, 69)]
    [InlineData(VfioErrorKind.NoIommu, 69)]
    [InlineData(VfioErrorKind.PermissionDenied, 77)]
    public void A_failure_is_told_and_gives_the_exit_code(VfioErrorKind kind, int exitCode)
    {
        var error = new VfioException(kind, "bind", First, "the host uses it: / is mounted from /dev/nvme0n1p2", "Use --force");
        var other = new VfioException(VfioErrorKind.BindFailed, "drivers_probe", Second, "no", "None");
        var result = new HandoverResult([new(PciAddress.Parse(First), "nvme", "nvme")], [error, other], [], []);

        HandoverRun run = HandoverRun.Of(result, "bind", First, "--json");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal($"vfio: {error.Message}\nvfio: {other.Message}\n", run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal($"{error.Message}\n{other.Message}", json.RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public void What_is_asked_for_is_handed_on()
    {
        HandoverRun bind = HandoverRun.Of(_done, "bind", Second, "03:01.0", "--driver", "mlx5_vfio_pci", "--force", "--group", "--timeout", "2.5");
        Assert.Equal([PciAddress.Parse(Second), PciAddress.Parse(First)], bind.Devices);
        Assert.Equal(
            new BindOptions { Driver = "mlx5_vfio_pci", Force = true, WholeGroups = true, Timeout = TimeSpan.FromSeconds(2.5) }, bind.Options);
        Assert.Equal(new BindOptions(), HandoverRun.Of(_done, "bind", First).Options);
        Assert.Equal(new RestoreOptions(), HandoverRun.Of(_done, "restore", First).Options);
        Assert.Equal(
            new RestoreOptions { Force = true, Timeout = TimeSpan.FromSeconds(1) }, HandoverRun.Of(_done, "restore", "--force", First, "--timeout=1").Options);
    }

    [Theory]
    [InlineData("'nvme0' is not a PCI address; write domain:bus:device.function, such as 0000:00:03.0.", "bind", First, "nvme0")]
    [InlineData("--driver: '../x' is not the name of a driver.", "bind", First, "--driver", "../x")]
    [InlineData("--timeout: '0' is not a time in seconds from 0.001 to 3600.", "restore", First, "--timeout", "0")]
    [InlineData("Required argument 'BDF' missing for command: 'restore'.", "restore")]
    public void What_makes_no_sense_is_an_error_that_says_what_would(string message, params string[] arguments)
        => Assert.Equal(message, Assert.Single(HandoverRun.Errors(arguments)));
}
