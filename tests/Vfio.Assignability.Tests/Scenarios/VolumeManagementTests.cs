namespace Vfio.Assignability.Tests;

/// <summary>Drives behind Intel's Volume Management Device, and the device itself.</summary>
public sealed class VolumeManagementTests : IDisposable
{
    private const string Owner = "0000:00:0e.0";
    private const string Drive = "10000:e1:00.0";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_drive_behind_it_is_not_its_own()
    {
        _ = Build();

        _ = _host.Inspect(Drive).Is(Verdict.No).Finds(FindingCode.ForeignOwner, Severity.Blocker, Owner).Says(FindingCode.ForeignOwner, "VMD")
            .FindsNot(FindingCode.HostUseCritical).DoesNothing().HasMember(Owner, "vmd", MemberRole.Endpoint, blocks: true);
    }

    [Fact]
    public void Nor_is_one_that_the_host_runs_from()
    {
        _ = Build();
        _ = _host.Mount("nvme0n1p1", "/");

        _ = _host.Inspect(Drive).Is(Verdict.No).Finds(FindingCode.ForeignOwner, Severity.Blocker, Owner).Finds(FindingCode.HostUseCritical, Drive).DoesNothing();
    }

    [Fact]
    public void Nor_is_one_on_vfio_pci()
    {
        _ = Build().Driver("vfio-pci");

        _ = _host.Inspect(Drive).Is(Verdict.No).Finds(FindingCode.ForeignOwner, Severity.Blocker, Owner);
    }

    [Fact]
    public void With_disks_in_use_it_stays_itself()
    {
        _ = Build();
        _ = _host.Mount("nvme0n1p1", "/");

        _ = _host.Inspect(Owner).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Severity.Blocker, Owner).DoesNothing();
    }

    [Fact]
    public void Without_it_can_be_handed_over_with_all_that_is_behind()
    {
        _ = Build();

        _ = _host.Inspect(Owner).Is(Verdict.After).FindsNot(FindingCode.HostUseCritical, FindingCode.ForeignOwner);
    }

    // All that is behind it sends its DMA in its name, and so is in its group.
    private FunctionBuilder Build()
    {
        FunctionBuilder vmd = _host.Device(Owner, 0x8086, 0x9a0b, 0x010400).Group(12).Driver("vmd");
        return vmd.RootPort("10000:e0:06.0").Group(12).Device(Drive, 0x144d, 0xa808, 0x010802).Flr().Group(12).Driver("nvme").Nvme(0, "nvme0n1p1");
    }
}
