using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Hosts with and without an IOMMU, and devices that it does not translate for.</summary>
public sealed class IommuTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void An_option_that_leaves_graphics_out_is_told_from_an_iommu_that_is_off()
    {
        _ = _host.IntelGraphics().Driver("i915").NoGroup();
        _ = _host.CommandLine("intel_iommu=on,igfx_off");

        AssignabilityReport report = _host.Inspect("0000:00:02.0").Is(Verdict.Reboot).Finds(FindingCode.NoIommuGroup, Severity.Blocker, "0000:00:02.0")
            .Says(FindingCode.NoIommuGroup, "igfx_off").Does("igfx_off");

        Assert.Null(report.Group);
    }

    [Fact]
    public void An_iommu_that_the_command_line_switches_off_needs_a_reboot()
    {
        _ = _host.NoIommu().CommandLine("intel_iommu=off").Nvme().NoGroup().Driver("nvme");

        _ = _host.Inspect(Target).Is(Verdict.Reboot).Finds(FindingCode.NoIommuGroup, Severity.Blocker, Target).Says(FindingCode.NoIommuGroup, "intel_iommu=off")
            .Does("intel_iommu");
    }

    [Fact]
    public void One_that_the_kernel_was_not_told_to_use_as_well()
    {
        _ = _host.KernelOption("INTEL_IOMMU_DEFAULT_ON", null).NoIommu().Nvme().NoGroup();

        _ = _host.Inspect(Target).Is(Verdict.Reboot).Finds(FindingCode.NoIommuGroup, Target).Does("intel_iommu=on");
    }

    [Fact]
    public void One_that_the_firmware_does_not_offer_is_switched_on_there()
    {
        _ = _host.NoIommu(firmwareHasOne: false).Nvme().NoGroup();

        _ = _host.Inspect(Target).Is(Verdict.Reboot).Finds(FindingCode.NoIommuGroup, Target).Does("firmware");
    }

    [Fact]
    public void Amds_is_switched_off_by_its_own_option()
    {
        _ = _host.AmdIommu().NoIommu().CommandLine("amd_iommu=off").Nvme().NoGroup();

        _ = _host.Inspect(Target).Is(Verdict.Reboot).Finds(FindingCode.NoIommuGroup, Target).Says(FindingCode.NoIommuGroup, "amd_iommu=off");
    }

    [Fact]
    public void And_on_by_none()
    {
        _ = _host.AmdIommu().CommandLine("amd_iommu=on iommu=pt").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Finds(FindingCode.UselessOption).Says(FindingCode.UselessOption, "amd_iommu=on")
            .FindsNot(FindingCode.UnsafeInterrupts);
    }

    [Theory]
    [InlineData("intel_iommu=on")]
    [InlineData("iommu=pt")]
    public void Options_that_do_no_harm_are_not_mentioned(string option)
    {
        _ = _host.CommandLine(option).Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.UselessOption);
    }

    [Fact]
    public void An_option_that_no_kernel_has_separates_nothing()
    {
        _ = _host.CommandLine("pcie_acs_override=downstream,multifunction").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Finds(FindingCode.UselessOption).Says(FindingCode.UselessOption, "pcie_acs_override");
    }

    [Fact]
    public void A_group_of_no_iommu_mode_isolates_nothing()
    {
        _ = _host.NoIommu().Module("vfio", "enable_unsafe_noiommu_mode=Y").Nvme().Driver("vfio-pci").NoIommuGroup();

        _ = _host.Inspect(Target).Is(Verdict.Unsafe).Finds(FindingCode.NoIsolation, Target).FindsNot(FindingCode.NoIommuGroup);
    }

    [Fact]
    public void No_iommu_mode_changes_nothing_for_a_device_with_a_group()
    {
        _ = _host.Module("vfio", "enable_unsafe_noiommu_mode=Y").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Finds(FindingCode.UselessOption).Says(FindingCode.UselessOption, "enable_unsafe_noiommu_mode")
            .FindsNot(FindingCode.NoIsolation);
    }

    [Fact]
    public void No_iommu_mode_is_no_way_out()
    {
        _ = _host.NoIommu(firmwareHasOne: false).Nvme().NoGroup();

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Reboot);

        report.Check(report.Actions.All(static action => !$"{action.Text}{action.Command}".Contains("noiommu", StringComparison.OrdinalIgnoreCase)), "no-IOMMU mode should not be offered");
    }

    [Theory]
    [InlineData("direct", Verdict.No)]
    [InlineData("direct-relaxable", Verdict.Yes)]
    [InlineData("reserved", Verdict.Yes)]
    public void Memory_that_the_firmware_claims_for_dma_holds_a_device(string kind, Verdict verdict)
    {
        _ = _host.Nvme().Driver("vfio-pci").Reserved($"0x000000008d800000 0x000000008fffffff {kind}");

        AssignabilityReport report = _host.Inspect(Target).Is(verdict);

        _ = verdict == Verdict.No
            ? report.Finds(FindingCode.FirmwareReservedDma, Severity.Blocker).Says(FindingCode.FirmwareReservedDma, "8d800000").DoesNothing()
            : report.FindsNot(FindingCode.FirmwareReservedDma);
    }

    [Fact]
    public void It_holds_the_other_members_of_the_group_too()
    {
        FunctionBuilder first = _host.Nvme().Group(5);
        _ = first.Beside("0000:01:00.1", 0x103c, 0x3306, 0x088000).Group(5).Driver("hpilo").Reserved("0x00000000791ec000 0x00000000791effff direct");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.FirmwareReservedDma, Severity.Blocker).DoesNothing();
    }

    [Fact]
    public void An_arm_host_has_an_iommu_of_another_kind()
    {
        _ = _host.ArmSmmu().Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.UnsafeInterrupts, FindingCode.NoIommuGroup);
    }
}
