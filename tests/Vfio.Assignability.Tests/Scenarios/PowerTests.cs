using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Devices that sleep, and devices that are dead.</summary>
public sealed class PowerTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("D3hot")]
    [InlineData("D3cold")]
    public void An_idle_device_sleeps(string state)
    {
        _ = _host.Nvme().Driver("vfio-pci").Power(state);

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.DeviceUnreachable);
    }

    [Theory]
    [InlineData("D3cold")]
    [InlineData("D0")]
    [InlineData("unknown")]
    public void One_that_reads_as_ones_is_gone(string state)
    {
        _ = _host.Nvme().Driver("vfio-pci").Power(state).AllOnes();

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.DeviceUnreachable, Severity.Blocker, Target).DoesNothing();
    }

    [Fact]
    public void To_a_caller_without_privilege_too()
    {
        _ = _host.Nvme().Driver("vfio-pci").Power("D3cold").AllOnes().ConfigLength(64);

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.DeviceUnreachable, Target);
    }
}
