using System.Globalization;
using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Handover;

/// <summary>What one process hands over, another one brings back, unless somebody has it open.</summary>
public sealed class ProcessHandoverTests : IDisposable
{
    private readonly PciAddress _device = TestDevice.Edu();
    private readonly HostDrivers _drivers = new();

    public ProcessHandoverTests() => _drivers.Give(_device, "vfio-pci");

    public void Dispose() => _drivers.Dispose();

    [Fact]
    public void Another_process_restores_when_the_device_is_closed_and_names_who_has_it_open_before()
    {
        Mode.RequireBest();
        DeviceHandover.Bind([_device]).ThrowIfFailed();
        string waiting;
        using (VfioDevice device = VfioDevice.Open(_device, Mode.DeviceOptions with { RemovalGracePeriod = Timeout.InfiniteTimeSpan }))
        {
            VfioException own = Assert.Single(DeviceHandover.Restore([_device]).Errors);
            Assert.Contains("this process has the device open", own.Message, StringComparison.Ordinal);

            (int refused, _, string whom) = Command.Vfio("restore", _device.ToString());
            Assert.Equal(1, refused);
            Assert.Contains($"process {Environment.ProcessId}", whom, StringComparison.Ordinal);

            // The kernel waits for a close that only this process can make.
            (int hung, string output, string why) = Command.Vfio("restore", _device.ToString(), "--force", "--timeout", "1", "--json");
            Assert.Equal(1, hung);
            Assert.Contains("the driver does not let go after 1 seconds", why, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId}", why, StringComparison.Ordinal);
            Assert.Contains("waits in the kernel, state ", why, StringComparison.Ordinal);
            using var document = JsonDocument.Parse(output);
            Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
            using var record = JsonDocument.Parse(File.ReadAllText($"/run/vfio-sdk/bindings/{_device}.json"));
            JsonElement pending = record.RootElement.GetProperty("pending");
            Assert.Equal("unbind from vfio-pci", pending.GetProperty("step").GetString());
            waiting = string.Create(CultureInfo.InvariantCulture, $"/proc/{pending.GetProperty("processId").GetInt32()}");
            Assert.True(Directory.Exists(waiting));

            (int busy, _, string still) = Command.Vfio("bind", _device.ToString(), "--driver", "pci-stub");
            Assert.Equal(1, busy);
            Assert.Contains("is still under way", still, StringComparison.Ordinal);
        }

        Assert.True(SpinWait.SpinUntil(() => HasEnded(waiting), TimeSpan.FromMinutes(1)));
        (int exitCode, _, _) = Command.Vfio("restore", _device.ToString());
        Assert.Equal((0, "- (null)"), (exitCode, HostDrivers.State(_device)));
    }

    [Fact]
    public void What_a_process_has_handed_over_another_one_brings_back()
    {
        Mode.RequireBest();
        (int bound, string output, _) = Command.Vfio("bind", _device.ToString());
        Assert.Equal((0, $"{_device}  no driver -> vfio-pci\n"), (bound, output));
        (int again, string same, _) = Command.Vfio("bind", _device.ToString());
        Assert.Equal((0, $"{_device}  vfio-pci, as before\n"), (again, same));

        HandoverResult result = DeviceHandover.Restore([_device]).ThrowIfFailed();

        Assert.Equal(new HandoverChange(_device, "vfio-pci", null), Assert.Single(result.Devices));
        Assert.Empty(result.Warnings);
        Assert.Equal("- (null)", HostDrivers.State(_device));
    }

    // Nobody may have asked yet what it ended with.
    private static bool HasEnded(string process)
    {
        Thread.Sleep(20);
        try
        {
            return File.ReadAllText($"{process}/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
