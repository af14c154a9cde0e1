using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Devices whose function is reset alone, or not at all.</summary>
public sealed class FunctionResetTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_conventional_function_on_a_root_bus_works_but_is_never_reset()
    {
        _ = _host.Device("0000:00:03.0", 0x1234, 0x11e8, 0x00ff00).Conventional();

        AssignabilityReport report = _host.Inspect("0000:00:03.0").Is(Verdict.After).Resets(ResetClass.R4, null).ActsOn("0000:00:03.0")
            .Finds(FindingCode.NoResetMechanism, "0000:00:03.0");

        Assert.Empty(report.Reset.Methods);
        Assert.DoesNotContain(report.Findings, static finding => finding.Severity == Severity.Blocker);
    }

    [Fact]
    public void A_root_bus_need_not_be_bus_zero()
    {
        _ = _host.Device("0000:80:05.0", 0x8086, 0x2021, 0x088000).Driver("vfio-pci").Reset("bus");

        _ = _host.Inspect("0000:80:05.0").Is(Verdict.Yes).Resets(ResetClass.R4, null).Finds(FindingCode.NoResetMechanism).Finds(FindingCode.ResetMethodStale);
    }

    [Fact]
    public void An_administrator_can_switch_reset_off()
    {
        _ = _host.Nvme().Driver("vfio-pci").Reset(string.Empty).Attribute("reset", string.Empty);

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R4, null).Finds(FindingCode.NoResetMechanism, Target)
            .Says(FindingCode.NoResetMechanism, "administrator", "default");
    }

    [Fact]
    public void A_reset_that_the_kernel_refuses_by_a_quirk_is_not_used()
    {
        _ = _host.RootPort(Port).Device(Target, 0x1022, 0x149c, 0x0c0330).Flr().Reset("pm").Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "pm");

        report.Check(report.Findings.Any(static finding => finding.Message.Contains("refuses", StringComparison.OrdinalIgnoreCase)), "a finding should say that a quirk refuses FLR");
    }

    [Fact]
    public void Where_a_quirk_leaves_nothing_there_is_no_reset()
    {
        FunctionBuilder port = _host.RootPort(Port);
        _ = port.Device("0000:01:00.0", 0x1022, 0x1485, 0x130000);
        _ = port.Device("0000:01:00.3", 0x1022, 0x149c, 0x0c0330).Flr().NoReset().Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect("0000:01:00.3").Is(Verdict.Yes).Resets(ResetClass.R3, null);

        report.Check(report.Findings.Any(static finding => finding.Message.Contains("refuses", StringComparison.OrdinalIgnoreCase)), "a finding should say that a quirk refuses FLR");
    }

    [Theory]
    [InlineData("device_specific bus", "device_specific")]
    [InlineData("acpi flr", "acpi")]
    [InlineData("af_flr pm", "af_flr")]
    [InlineData("pm", "pm")]
    public void The_first_method_that_works_is_used(string methods, string effective)
    {
        _ = _host.Nvme().Driver("vfio-pci").Reset(methods);

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, effective).Hits(Target);

        Assert.Equal(methods, string.Join(' ', report.Reset.Methods));
    }

    [Fact]
    public void An_old_kernel_lists_nothing_and_resets_by_the_capability()
    {
        _ = _host.Kernel("5.10.0-30-amd64").Nvme().Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "flr").FindsNot(FindingCode.NoResetMechanism);

        Assert.Empty(report.Reset.Methods);
    }

    [Fact]
    public void An_old_kernel_resets_a_device_alone_on_its_bus_by_the_bus()
    {
        _ = _host.Kernel("5.10.0-30-amd64").RootPort(Port).Device(Target, 0x10de, 0x1c82, 0x030000).Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R1, "bus");
    }

    [Fact]
    public void A_virtual_function_without_a_function_reset_has_none()
    {
        FunctionBuilder physical = _host.PhysicalNic().Driver("i40e");
        _ = physical.Virtual("0000:01:02.0", 0x154c).NoReset().Driver("vfio-pci");

        _ = _host.Inspect("0000:01:02.0").Is(Verdict.Yes).Resets(ResetClass.R4, null).Finds(FindingCode.NoResetMechanism, "0000:01:02.0");
    }
}
