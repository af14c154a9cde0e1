using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Virtual functions and the physical ones that they belong to.</summary>
public sealed class SriovTests : IDisposable
{
    private const string Virtual = "0000:01:02.0";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_virtual_function_is_handed_over_as_any_device()
    {
        _ = _host.PhysicalNic().Driver("i40e").Virtual(Virtual, 0x154c).Driver("iavf").Network("eth1");

        _ = _host.Inspect(Virtual).Is(Verdict.After).Resets(ResetClass.R0, "flr").Hits(Virtual).ActsOn(Virtual)
            .FindsNot(FindingCode.VfTokenRequired, FindingCode.ForeignOwner, FindingCode.DeviceUnreachable);
    }

    [Fact]
    public void One_whose_configuration_space_reads_as_ones_is_well()
    {
        _ = _host.PhysicalNic().Driver("i40e").Virtual(Virtual, 0x154c).Driver("vfio-pci").AllOnes().Power("D3cold").Reset("flr");

        _ = _host.Inspect(Virtual).Is(Verdict.Yes).Resets(ResetClass.R0, "flr").FindsNot(FindingCode.DeviceUnreachable);
    }

    [Fact]
    public void In_one_group_with_its_physical_function_it_cannot_go_alone()
    {
        FunctionBuilder physical = _host.PhysicalNic().Group(5).Driver("ixgbe");
        _ = physical.Virtual(Virtual, 0x10ed).Group(5).Driver("ixgbevf");

        _ = _host.Inspect(Virtual).Is(Verdict.No).FindsOnly(FindingCode.GroupNotViable, Target)
            .Finds(FindingCode.ForeignOwner, Severity.Blocker, Target).DoesNothing()
            .HasMember(Target, "ixgbe", MemberRole.Endpoint, blocks: true);
    }

    [Fact]
    public void With_its_physical_function_on_vfio_it_needs_that_ones_token()
    {
        FunctionBuilder physical = _host.Module("vfio_pci", "enable_sriov=Y").PhysicalNic().Driver("vfio-pci");
        _ = physical.Virtual(Virtual, 0x154c).Driver("vfio-pci").Override("vfio-pci");

        AssignabilityReport report = _host.Inspect(Virtual).Is(Verdict.Yes).Finds(FindingCode.VfTokenRequired, Virtual).Says(FindingCode.VfTokenRequired, Target);

        Assert.DoesNotContain(report.Findings, static finding => finding.Severity == Severity.Blocker);
    }

    [Fact]
    public void Taking_the_physical_function_ends_its_virtual_ones()
    {
        FunctionBuilder physical = _host.PhysicalNic().Driver("i40e");
        _ = physical.Virtual(Virtual, 0x154c);
        _ = physical.Virtual("0000:01:02.1", 0x154c).Driver("iavf");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.PfHasVfs, Virtual, "0000:01:02.1").Does("sriov_numvfs");

        Assert.DoesNotContain(report.Findings, static finding => finding.Severity == Severity.Blocker && finding.Code == FindingCode.HostUseCritical);
    }

    [Fact]
    public void Unless_a_process_has_one()
    {
        FunctionBuilder physical = _host.PhysicalNic().Driver("i40e");
        _ = physical.Virtual(Virtual, 0x154c).Group(8).Driver("vfio-pci");
        _ = _host.Process(4242, "qemu-system-x86", "/dev/vfio/8");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.PfHasVfs, Severity.Blocker, Virtual).DoesNothing();
    }

    [Fact]
    public void Or_the_default_route_leads_through_one()
    {
        FunctionBuilder physical = _host.PhysicalNic().Driver("i40e");
        _ = physical.Virtual(Virtual, 0x154c).Driver("iavf").Network("eth1");
        _ = _host.DefaultRoute("eth1");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.No).DoesNothing();

        report.Check(report.Findings.Any(static finding => finding.Code is FindingCode.PfHasVfs or FindingCode.HostUseCritical && finding.Severity == Severity.Blocker), "PfHasVfs or HostUseCritical should block");
    }

    [Fact]
    public void A_physical_function_without_virtual_ones_is_free()
    {
        _ = _host.PhysicalNic().Driver("i40e");

        _ = _host.Inspect(Target).Is(Verdict.After).ActsOn(Target).FindsNot(FindingCode.PfHasVfs);
    }

    [Fact]
    public void One_on_vfio_keeps_its_virtual_functions()
    {
        FunctionBuilder physical = _host.Module("vfio_pci", "enable_sriov=Y").PhysicalNic().Driver("vfio-pci");
        _ = physical.Virtual(Virtual, 0x154c).Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).DoesNothing();
    }
}
