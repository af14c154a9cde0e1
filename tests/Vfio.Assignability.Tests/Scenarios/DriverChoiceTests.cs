using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Which driver of VFIO's takes a device, which refuse it, and who took it first.</summary>
public sealed class DriverChoiceTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_variant_driver_comes_first()
    {
        _ = _host.ModuleAlias("vfio_pci:v000010DEd00002342sv*sd*bc*sc*i*", "nvgrace_gpu_vfio_pci");
        _ = _host.RootPort(Port).Device(Target, 0x10de, 0x2342, 0x030200).NoReset();

        _ = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.VariantDriver, Target).Says(FindingCode.VariantDriver, "nvgrace")
            .Does("nvgrace").Resets(ResetClass.R4, null);
    }

    [Fact]
    public void Vfio_pci_would_do_too_but_without_migration()
    {
        _ = _host.ModuleAlias("vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*", "mlx5_vfio_pci");
        _ = _host.RootPort(Port).Device(Target, 0x15b3, 0x101d, 0x020000).Flr().Sriov(8).Driver("mlx5_core").Virtual("0000:01:00.2", 0x101e);

        _ = _host.Inspect("0000:01:00.2").Is(Verdict.After).Finds(FindingCode.VariantDriver, "0000:01:00.2")
            .Says(FindingCode.VariantDriver, "mlx5", "vfio-pci", "migrat").Does("mlx5").Resets(ResetClass.R0, "flr");
    }

    [Fact]
    public void The_driver_for_everything_is_no_variant()
    {
        _ = _host.Nvme();

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.VariantDriver).Does("vfio-pci");
    }

    [Fact]
    public void A_variant_for_another_card_is_none_for_this()
    {
        _ = _host.ModuleAlias("vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*", "mlx5_vfio_pci");
        _ = _host.RootPort(Port).Device(Target, 0x15b3, 0x101d, 0x020000).Flr();

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.VariantDriver);
    }

    [Theory]
    [InlineData(0x37c9)]
    [InlineData(0x37c8)]
    [InlineData(0x0b25)]
    public void What_vfio_pci_refuses_stays(int device)
    {
        _ = _host.RootPort(Port).Device(Target, 0x8086, device, 0x0b4000).Flr();

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.BindRefused, Severity.Blocker, Target).Says(FindingCode.BindRefused, "disable_denylist").DoesNothing();
    }

    [Fact]
    public void Unless_the_list_is_switched_off()
    {
        _ = _host.Module("vfio_pci", "disable_denylist=Y").RootPort(Port).Device(Target, 0x8086, 0x37c9, 0x0b4000).Flr();

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.BindRefused);
    }

    [Fact]
    public void Ids_capture_twins_too()
    {
        _ = _host.CommandLine("vfio-pci.ids=1000:0097");
        _ = _host.RootPort(Port).Device(Target, 0x1000, 0x0097, 0x010700).Flr().Driver("vfio-pci");
        _ = _host.RootPort("0000:00:02.0").Device("0000:02:00.0", 0x1000, 0x0097, 0x010700).Flr().Driver("mpt3sas").Disk("sda", "sda1");
        _ = _host.Mount("sda1", "/");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Finds(FindingCode.IdCollision, Severity.Warning, "0000:02:00.0").Says(FindingCode.IdCollision, "driver_override")
            .FindsNot(FindingCode.LostBootRace);
    }

    [Fact]
    public void Ids_of_one_card_alone_collide_with_nothing()
    {
        _ = _host.CommandLine("vfio-pci.ids=144d:a808").Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.IdCollision, FindingCode.LostBootRace);
    }

    [Fact]
    public void Another_driver_can_be_faster_than_the_ids()
    {
        _ = _host.CommandLine("vfio-pci.ids=10de:1c82,10de:0fb9");
        _ = _host.RootPort(Port).Device(Target, 0x10de, 0x1c82, 0x030000).Driver("nouveau");

        _ = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.LostBootRace, Target).Says(FindingCode.LostBootRace, "nouveau");
    }
}
