using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Interrupts: whether they are kept apart, and whether there are any.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Hardware_that_cannot_remap_interrupts_leaves_a_parameter()
    {
        _ = _host.InterruptsNotRemapped().Nvme().Driver("nvme");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Unsafe).Finds(FindingCode.UnsafeInterrupts, Severity.Blocker, Target)
            .Does("allow_unsafe_interrupts", $"bind {Target}");

        Assert.All(report.Actions, static action => Assert.False(action.Reboot));
    }

    [Fact]
    public void A_parameter_that_is_set_leaves_nothing_to_do_but_stays_unsafe()
    {
        _ = _host.InterruptsNotRemapped().Module("vfio_iommu_type1", "allow_unsafe_interrupts=Y").Module("iommufd", "allow_unsafe_interrupts=Y")
            .Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Unsafe).Finds(FindingCode.UnsafeInterrupts, Target).DoesNothing();
    }

    [Fact]
    public void Each_back_end_has_a_parameter_of_its_own()
    {
        _ = _host.InterruptsNotRemapped().Module("vfio_iommu_type1", "allow_unsafe_interrupts=Y").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Unsafe).Finds(FindingCode.UnsafeInterrupts, Target).Says(FindingCode.UnsafeInterrupts, "type1", "iommufd").DoesNothing();
    }

    [Fact]
    public void Remapping_that_the_command_line_switches_off_needs_a_reboot()
    {
        _ = _host.InterruptsNotRemapped(hardwareCould: true).CommandLine("intremap=off").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Reboot).Finds(FindingCode.UnsafeInterrupts, Severity.Blocker, Target).Does("intremap");
    }

    [Fact]
    public void Unless_protection_is_already_given_up()
    {
        _ = _host.InterruptsNotRemapped(hardwareCould: true).CommandLine("intremap=off")
            .Module("vfio_iommu_type1", "allow_unsafe_interrupts=Y").Module("iommufd", "allow_unsafe_interrupts=Y")
            .Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Unsafe).Finds(FindingCode.UnsafeInterrupts, Target);
    }

    [Fact]
    public void Hardware_that_could_remap_interrupts_does_not_prove_that_it_does()
    {
        _ = _host.InterruptsNotRemapped(hardwareCould: true).Nvme().Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Finds(FindingCode.UnsafeInterrupts, Target);

        report.Check(report.Verdict is Verdict.Reboot or Verdict.Unsafe, "the verdict should be reboot or unsafe");
    }

    [Fact]
    public void A_bridge_that_forbids_message_signalled_interrupts_leaves_a_device_without_any()
    {
        FunctionBuilder port = _host.RootPort(Port).Attribute("msi_bus", "0");
        _ = port.Device(Target, 0x144d, 0xa808, 0x010802).Flr().NoMsi();

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.MsiDisabled).Says(FindingCode.MsiDisabled, "msi_bus");

        Assert.Contains(report.Findings, static finding => finding.Remedy is { } remedy && remedy.Commands.Any(static command => command.Contains($"{Port}/msi_bus", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_shared_line_without_a_mask_may_be_busy()
    {
        _ = _host.Device("0000:00:05.0", 0x1234, 0x0001, 0xff0000).Conventional().Attribute("irq", "16").Driver("vfio-pci");

        _ = _host.Inspect("0000:00:05.0").Is(Verdict.Yes).FindsNot(FindingCode.UnsafeInterrupts, FindingCode.MsiDisabled);
    }
}
