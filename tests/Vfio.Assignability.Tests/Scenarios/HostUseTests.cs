using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Devices that the host cannot do without, and those that it would only miss.</summary>
public sealed class HostUseTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void The_drive_of_the_root_file_system_stays()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1", "nvme0n1p2");
        _ = _host.Mount("nvme0n1p2", "/");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Severity.Blocker, Target)
            .Says(FindingCode.HostUseCritical, "nvme0n1p2", "/ ").DoesNothing();
    }

    [Fact]
    public void A_drive_that_is_mounted_whole_stays()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0);
        _ = _host.Mount("nvme0n1", "/data", "xfs");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target).Says(FindingCode.HostUseCritical, "/data");
    }

    [Fact]
    public void An_encrypted_volume_of_a_raid_holds_its_drives_at_any_depth()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1");
        _ = _host.Raid("md0", "nvme0n1p1").DeviceMapper("dm-0", "vg-home", "md0").DeviceMapper("dm-1", "home-crypt", "dm-0").Mount("dm-1", "/home");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Severity.Blocker, Target)
            .Says(FindingCode.HostUseCritical, "/home").DoesNothing();
    }

    [Fact]
    public void A_volume_that_is_not_mounted_does_not()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1");
        _ = _host.DeviceMapper("dm-0", "vg-home", "nvme0n1p1");

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.HostUseCritical);
    }

    [Fact]
    public void A_mount_of_another_drive_does_not()
    {
        FunctionBuilder drive = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p1");
        _ = drive.Host.RootPort("0000:00:02.0").Device("0000:02:00.0", 0x144d, 0xa808, 0x010802).Driver("nvme").Nvme(1, "nvme1n1p1");
        _ = _host.Mount("nvme1n1p1", "/");

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.HostUseCritical);
    }

    [Fact]
    public void Swap_holds_a_drive()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p3");
        _ = _host.Swap("nvme0n1p3");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target).Says(FindingCode.HostUseCritical, "nvme0n1p3");
    }

    [Fact]
    public void Swap_on_a_volume_holds_the_drive_beneath()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0, "nvme0n1p3");
        _ = _host.DeviceMapper("dm-0", "swap-crypt", "nvme0n1p3").Swap("dm-0");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target);
    }

    [Fact]
    public void A_controller_is_held_by_any_of_its_disks()
    {
        _ = _host.Device("0000:00:17.0", 0x8086, 0xa352, 0x010601).Driver("ahci").Disk("sda", "sda1");
        _ = _host.Mount("sda1", "/boot", "vfat");

        _ = _host.Inspect("0000:00:17.0").Is(Verdict.No).Finds(FindingCode.HostUseCritical, "0000:00:17.0").Says(FindingCode.HostUseCritical, "/boot");
    }

    [Fact]
    public void The_default_route_holds_its_interface()
    {
        _ = _host.Nic().Driver("i40e").Network("eth0");
        _ = _host.DefaultRoute("eth0");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Severity.Blocker, Target).Says(FindingCode.HostUseCritical, "eth0").DoesNothing();
    }

    [Fact]
    public void So_does_that_of_the_newer_protocol()
    {
        _ = _host.Nic().Driver("i40e").Network("eth0");
        _ = _host.DefaultRouteV6("eth0");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target);
    }

    [Fact]
    public void A_default_route_over_a_bond_holds_the_bonds_interfaces()
    {
        _ = _host.Nic().Driver("i40e").Network("eth0");
        _ = _host.NetworkOver("bond0", "eth0").NetworkOver("bond0.7", "bond0").NetworkOver("br0", "bond0.7").DefaultRoute("br0");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target);
    }

    [Fact]
    public void An_interface_without_the_default_route_is_not_critical()
    {
        _ = _host.Nic().Driver("i40e").Network("eth0");
        _ = _host.DefaultRoute("eth1");

        _ = _host.Inspect(Target).Is(Verdict.After).FindsNot(FindingCode.HostUseCritical);
    }

    [Fact]
    public void A_member_of_the_group_in_critical_use_holds_the_others()
    {
        FunctionBuilder port = _host.RootPort(Port);
        _ = port.Device(Target, 0x8086, 0x1521, 0x020000).Flr().Group(7).Driver("igb").Network("eth0");
        _ = port.Device("0000:01:00.1", 0x8086, 0x1521, 0x020000).Flr().Group(7).Driver("igb").Network("eth1");
        _ = _host.DefaultRoute("eth1");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Severity.Blocker, "0000:01:00.1")
            .Finds(FindingCode.GroupNotViable, "0000:01:00.1").DoesNothing();
    }

    [Fact]
    public void A_group_that_a_process_has_open_is_busy()
    {
        _ = _host.Nvme().Group(3).Driver("vfio-pci");
        _ = _host.Process(4242, "qemu-system-x86", "/dev/vfio/vfio", "/dev/vfio/3");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.GroupBusy, Severity.Blocker).Says(FindingCode.GroupBusy, "4242").DoesNothing();
    }

    [Fact]
    public void Another_group_that_a_process_has_open_is_not_this_one()
    {
        _ = _host.Nvme().Group(3).Driver("vfio-pci");
        _ = _host.Process(4242, "qemu-system-x86", "/dev/vfio/vfio", "/dev/vfio/33");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.GroupBusy);
    }

    [Fact]
    public void A_device_that_a_process_has_open_makes_its_group_busy()
    {
        FunctionBuilder port = _host.RootPort(Port);
        _ = port.Device(Target, 0x8086, 0x1521, 0x020000).Flr().Group(7).Driver("vfio-pci");
        _ = port.Device("0000:01:00.1", 0x8086, 0x1521, 0x020000).Flr().Group(7).Driver("vfio-pci");
        _ = _host.Process(77, "dpdk-testpmd", "/dev/iommu", "/dev/vfio/devices/vfio1");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.GroupBusy).Says(FindingCode.GroupBusy, "77");
    }

    [Fact]
    public void A_raw_drive_that_a_process_has_open_is_in_use()
    {
        _ = _host.Nvme().Driver("nvme").Nvme(0);
        _ = _host.Process(515, "database", "/dev/nvme0n1");

        _ = _host.Inspect(Target).Is(Verdict.No).Finds(FindingCode.HostUseCritical, Target).Says(FindingCode.HostUseCritical, "515");
    }

    [Fact]
    public void Sound_and_keyboards_would_only_be_missed()
    {
        _ = _host.RootPort(Port).Device(Target, 0x1b21, 0x1242, 0x0c0330).Flr().Driver("xhci_hcd").Keyboard();
        _ = _host.RootPort("0000:00:02.0").Device("0000:02:00.0", 0x1102, 0x0012, 0x040300).Flr().Driver("snd_hda_intel").Sound(0);

        _ = _host.Inspect(Target).Is(Verdict.After).Finds(FindingCode.HostUseLost, Severity.Warning, Target).ActsOn(Target);
        _ = _host.Inspect("0000:02:00.0").Is(Verdict.After).Finds(FindingCode.HostUseLost, Severity.Warning, "0000:02:00.0");
    }

    [Fact]
    public void A_graphics_driver_does_not_release_what_a_compositor_has_open()
    {
        (FunctionBuilder gpu, _) = _host.Graphics();
        _ = gpu.Drm(0);
        _ = _host.Process(900, "Xorg", "/dev/dri/card0");

        _ = _host.Inspect("0000:03:00.0").Is(Verdict.After).Finds(FindingCode.HostDriverWontRelease, Severity.Warning).Says(FindingCode.HostDriverWontRelease, "900");
    }
}
