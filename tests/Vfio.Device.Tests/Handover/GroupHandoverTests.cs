using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Handover;

/// <summary>Two functions of one group, each with a driver of the host's.</summary>
public sealed class GroupHandoverTests : IDisposable
{
    private readonly PciAddress _first = TestDevice.BridgedE1000();
    private readonly PciAddress _second = TestDevice.BridgedRtl8139();
    private readonly HostDrivers _drivers = new();

    public GroupHandoverTests() => _drivers.Give(_first, "e1000").Give(_second, "8139cp");

    public void Dispose() => _drivers.Dispose();

    [Fact]
    public void A_whole_group_goes_to_vfio_and_back()
    {
        Mode.RequireIommu();
        HandoverResult alone = DeviceHandover.Bind([_first]).ThrowIfFailed();
        Assert.Contains(_second, alone.Blocking);
        Assert.Contains(alone.Warnings, warning => warning.Contains($"vfio bind {_second}", StringComparison.Ordinal));
        Assert.Equal(VfioErrorKind.GroupNotViable, Assert.Throws<VfioException>(() => Mode.Open(_first).Dispose()).Kind);

        HandoverResult whole = DeviceHandover.Bind([_first], new BindOptions { WholeGroups = true }).ThrowIfFailed();

        Assert.Equal([new(_first, "vfio-pci", "vfio-pci"), new(_second, "8139cp", "vfio-pci")], whole.Devices);
        Assert.Empty(whole.Blocking);
        Mode.Open(_first).Dispose();
        HandoverResult restored = DeviceHandover.Restore([_first, _second]).ThrowIfFailed();
        Assert.Equal([new(_second, "vfio-pci", "8139cp"), new(_first, "vfio-pci", "e1000")], restored.Devices);
        RequireAsBefore();
    }

    [Theory]
    [InlineData("unbind")]
    [InlineData("driver_override")]
    [InlineData("drivers_probe")]
    public void A_failure_at_the_second_leaves_both_as_they_were(string step)
    {
        var writer = new FailingWriter(
            new SysfsWriterProcess(BindOptions.DefaultTimeout),
            (file, line) => Path.GetFileName(file) == step
                && (file.Contains(_second.ToString(), StringComparison.Ordinal) || line == _second.ToString()));
        var site = new HandoverSite("/", static () => HostTree.Local) { Writer = _ => writer };

        VfioException error = Assert.Single(DeviceHandover.Bind(site, [_first, _second], new BindOptions()).Errors);

        Assert.True(writer.HasFailed);
        Assert.Equal(_second.ToString(), error.Subject);
        Assert.EndsWith(step, error.Step, StringComparison.Ordinal);
        Assert.Equal(Vfio.Native.Errno.EIO, error.Errno);
        Assert.Contains($"{_first} to e1000", error.Problem, StringComparison.Ordinal);
        RequireAsBefore();
    }

    [Fact]
    public void A_driver_that_refuses_the_second_leaves_both_as_they_were()
    {
        File.WriteAllText($"/sys/bus/pci/devices/{_first}/driver/unbind", _first.ToString());

        VfioException error = Assert.Single(DeviceHandover.Bind([_first, _second], new BindOptions { Driver = "e1000" }).Errors);

        Assert.Equal((VfioErrorKind.BindFailed, "drivers_probe", _second.ToString()), (error.Kind, error.Step, error.Subject));
        Assert.Equal("- (null)", HostDrivers.State(_first));
        Assert.Equal("8139cp (null)", HostDrivers.State(_second));
    }

    [Fact]
    public void A_driver_override_that_was_there_comes_back()
    {
        File.WriteAllText($"/sys/bus/pci/devices/{_first}/driver_override", "e1000\n");
        DeviceHandover.Bind([_first]).ThrowIfFailed();
        Assert.Equal("vfio-pci vfio-pci", HostDrivers.State(_first));
        DeviceHandover.Restore([_first]).ThrowIfFailed();
        Assert.Equal("e1000 e1000", HostDrivers.State(_first));
    }

    [Fact]
    public void A_bridge_is_refused()
    {
        PciAddress bridge = PciFunction.ReadAll().First(static function => function.IsBridge).Address;
        string before = HostDrivers.State(bridge);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Single(DeviceHandover.Bind([_first, bridge]).Errors).Kind);
        Assert.Equal(before, HostDrivers.State(bridge));
        RequireAsBefore();
    }

    private void RequireAsBefore()
    {
        Assert.Equal("e1000 (null)", HostDrivers.State(_first));
        Assert.Equal("8139cp (null)", HostDrivers.State(_second));
        Assert.False(File.Exists($"/run/vfio-sdk/bindings/{_first}.json"));
        Assert.False(File.Exists($"/run/vfio-sdk/bindings/{_second}.json"));
    }
}
