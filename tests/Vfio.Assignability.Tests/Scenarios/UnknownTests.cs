using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>What cannot be known, and whether it matters.</summary>
public sealed class UnknownTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(null, Verdict.After)]
    [InlineData("vfio-pci", Verdict.Yes)]
    public void A_caller_without_privilege_learns_what_matters(string? driver, Verdict verdict)
    {
        _ = _host.Nvme().Driver(driver).Reset("flr bus");
        _ = _host.Unprivileged();

        _ = _host.Inspect(Target).Is(verdict).Resets(ResetClass.R0, "flr").KnowsNot($"{Target}/config");
    }

    [Fact]
    public void The_kernels_release_stands_in_two_places()
    {
        _ = _host.Nvme().Driver("vfio-pci");
        _ = _host.Without("/uname");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.GroupNotViable);
    }

    [Fact]
    public void Without_either_a_bridges_driver_may_block_or_not()
    {
        _ = _host.RootPort(Port).Group(5).Driver("shpchp").Device(Target, 0x144d, 0xa808, 0x010802).Flr().Group(5).Driver("vfio-pci");
        _ = _host.Without("/uname").Without("/proc/sys/kernel/osrelease");

        AssignabilityReport report = _host.Inspect(Target);

        report.Check(report.Verdict is Verdict.Unknown or Verdict.After, "the verdict should be unknown or after");
        _ = report.Holds().KnowsNot("uname");
    }

    [Fact]
    public void But_where_it_makes_no_difference_the_verdict_stands()
    {
        _ = _host.Nvme().Driver("vfio-pci");
        _ = _host.Without("/uname").Without("/proc/sys/kernel/osrelease");

        _ = _host.Inspect(Target).Is(Verdict.Yes);
    }

    [Fact]
    public void A_driver_that_cannot_be_read_could_turn_the_answer()
    {
        FunctionBuilder drive = _host.Nvme();
        _ = _host.Also(tree => tree.Text($"{drive.Folder}/driver", "no link"));

        _ = _host.Inspect(Target).Is(Verdict.Unknown).KnowsNot($"{Target}/driver");
    }

    [Fact]
    public void So_could_a_group_that_cannot()
    {
        FunctionBuilder drive = _host.Nvme().Driver("vfio-pci");
        _ = _host.Without($"{drive.Folder}/iommu_group").Also(tree => tree.Text($"{drive.Folder}/iommu_group", "no link"));

        _ = _host.Inspect(Target).Is(Verdict.Unknown).KnowsNot($"{Target}/iommu_group");
    }

    [Fact]
    public void So_could_reserved_memory_that_makes_no_sense()
    {
        _ = _host.Nvme().Group(5).Driver("vfio-pci");
        _ = _host.Text("/sys/kernel/iommu_groups/5/reserved_regions", "0x12345 zz");

        _ = _host.Inspect(Target).Is(Verdict.Unknown).KnowsNot("reserved_regions");
    }

    [Fact]
    public void What_is_certain_is_not_turned_by_what_is_missing()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1");
        _ = _host.Mount("nvme0n1p1", "/").Text("/sys/kernel/iommu_groups/1/reserved_regions", "0x12345 zz");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target);
    }
}
