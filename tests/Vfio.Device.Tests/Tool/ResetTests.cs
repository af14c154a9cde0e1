using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Tool;

public sealed class ResetTests
{
    [Fact]
    public void A_bus_is_reset_with_all_that_is_on_it()
    {
        Mode.RequireCommand();
        using DriverBinding first = DriverBinding.Bind(TestDevice.BridgedE1000());
        using DriverBinding second = DriverBinding.Bind(TestDevice.BridgedRtl8139());

        (int exitCode, string output, string error) = Command.Vfio("reset", TestDevice.BridgedE1000().ToString(), "--hot", "--json");

        Assert.Equal(0, exitCode);
        AssertDocument(output, TestDevice.BridgedE1000(), "hot", ok: true, TestDevice.BridgedE1000(), TestDevice.BridgedRtl8139());
        Assert.Contains(
            $"resetting all on the bus: {TestDevice.BridgedE1000()} (vfio-pci), {TestDevice.BridgedRtl8139()} (vfio-pci)",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_in_the_way_of_a_bus_is_named()
    {
        Mode.RequireCommand();
        using DriverBinding first = DriverBinding.Bind(TestDevice.BridgedE1000());

        (int exitCode, string output, string error) = Command.Vfio("reset", TestDevice.BridgedE1000().ToString(), "--hot", "--json");

        Assert.Equal(1, exitCode);
        string reason = AssertDocument(output, TestDevice.BridgedE1000(), "hot", ok: false, TestDevice.BridgedE1000(), TestDevice.BridgedRtl8139());
        Assert.Contains($"{TestDevice.BridgedRtl8139()} (no driver)", reason, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_can_is_reset_alone()
    {
        Mode.RequireCommand();
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Nvme());

        (int exitCode, string output, string error) = Command.Vfio("reset", TestDevice.Nvme().ToString(), "--json");

        Assert.Equal(0, exitCode);
        AssertDocument(output, TestDevice.Nvme(), "function", ok: true, TestDevice.Nvme());
        Assert.Contains("resetting the function alone", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_nothing_resets_is_told()
    {
        Mode.RequireCommand();
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Edu());

        (int exitCode, string output, _) = Command.Vfio("reset", TestDevice.Edu().ToString(), "--json");
        Assert.Equal(1, exitCode);
        Assert.Contains("root bus", AssertDocument(output, TestDevice.Edu(), "hot", ok: false), StringComparison.Ordinal);

        (exitCode, output, _) = Command.Vfio("reset", TestDevice.Edu().ToString(), "--function", "--json");
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "no reset of its own", AssertDocument(output, TestDevice.Edu(), "function", ok: false, TestDevice.Edu()), StringComparison.Ordinal);
    }

    private static string AssertDocument(string output, PciAddress device, string kind, bool ok, params PciAddress[] affected)
    {
        using var json = JsonDocument.Parse(output);
        JsonElement root = json.RootElement;
        Assert.Equal(device.ToString(), root.GetProperty("device").GetString());
        Assert.Equal(kind, root.GetProperty("kind").GetString());
        string?[] hit = [.. root.GetProperty("affected").EnumerateArray().Select(static it => it.GetString())];
        Assert.Equal(string.Join(' ', affected), string.Join(' ', hit));
        Assert.Equal(ok, root.GetProperty("ok").GetBoolean());
        Assert.Equal(ok ? JsonValueKind.Null : JsonValueKind.String, root.GetProperty("error").ValueKind);
        return root.GetProperty("error").GetString() ?? string.Empty;
    }
}
