using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Devices that can be handed over, at once or after binding.</summary>
public sealed class HandingOverTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_drive_on_vfio_pci_is_ready()
    {
        _ = _host.Nvme().Reset("flr bus").Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "flr").Hits(Target).IsBlockedBy().DoesNothing();

        Assert.Equal(["flr", "bus"], report.Reset.Methods);
        Assert.Empty(report.Findings);
        Assert.Empty(report.Unknown);
        Assert.Equal(Target, report.Device.ToString());
        _ = report.HasMember(Target, "vfio-pci", MemberRole.Endpoint, blocks: false);
    }

    [Fact]
    public void A_drive_that_the_host_does_not_use_is_ready_once_bound()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.After).Resets(ResetClass.R0, "flr").ActsOn(Target).Does(Target)
            .FindsNot(FindingCode.GroupNotViable, FindingCode.HostUseCritical)
            .HasMember(Target, "nvme", MemberRole.Endpoint, blocks: true);

        HandoverAction action = Assert.Single(report.Actions);
        Assert.Equal((true, false), (action.Reversible, action.Reboot));
        Assert.NotNull(action.Command);
    }

    [Fact]
    public void A_device_without_a_driver_is_ready_once_bound()
    {
        _ = _host.Nvme();

        _ = _host.Inspect(Target).Is(Verdict.After).ActsOn(Target).HasMember(Target, null, MemberRole.Endpoint, blocks: false);
    }

    [Fact]
    public void Any_driver_of_vfios_is_as_good_as_vfio_pci()
    {
        FunctionBuilder physical = _host.PhysicalNic().Driver("mlx5_core");
        _ = physical.Virtual("0000:01:01.0", 0x101e).Driver("mlx5_vfio_pci");

        _ = _host.Inspect("0000:01:01.0").Is(Verdict.Yes);
    }

    [Fact]
    public void Domains_have_as_many_digits_as_the_kernel_prints()
    {
        _ = _host.RootPort("10000:00:01.0").Device("10000:01:00.0", 0x144d, 0xa808, 0x010802).Flr().Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect("10000:01:00.0").Is(Verdict.Yes).Resets(ResetClass.R0, "flr");

        Assert.Equal("10000:01:00.0", report.Device.ToString());
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_error()
    {
        _ = _host.Nvme();

        VfioException error = Assert.Throws<VfioException>(() => _host.Inspect("0000:09:00.0"));

        Assert.Contains("0000:09:00.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_back_end_modules_are_to_be_loaded()
    {
        _ = _host.NoModule("vfio_iommu_type1").NoModule("iommufd").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.NoIommuDriver).Does("modprobe");
    }

    [Theory]
    [InlineData("vfio_iommu_type1")]
    [InlineData("iommufd")]
    public void One_back_end_is_enough(string missing)
    {
        _ = _host.NoModule(missing).Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.NoIommuDriver);
    }

    [Fact]
    public void Modules_that_binding_loads_are_no_obstacle()
    {
        foreach (string module in new[] { "vfio_pci", "vfio_pci_core", "vfio_iommu_type1", "vfio", "iommufd" })
        {
            _ = _host.NoModule(module);
        }

        _ = _host.Nvme();

        _ = _host.Inspect(Target).Is(Verdict.After);
    }

    [Fact]
    public void Lockdown_does_not_concern_vfio()
    {
        _ = _host.Nvme().Driver("vfio-pci");
        _ = _host.Text("/sys/kernel/security/lockdown", "none [integrity] confidentiality");

        _ = _host.Inspect(Target).Is(Verdict.Yes);
    }

    [Fact]
    public void A_removable_device_can_vanish()
    {
        _ = _host.Nvme().Driver("vfio-pci").Attribute("removable", "removable");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Finds(FindingCode.RemovableDevice, Target);
    }

    [Fact]
    public void A_fixed_device_cannot()
    {
        _ = _host.Nvme().Driver("nvme").Attribute("removable", "fixed");

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.RemovableDevice);
    }
}
