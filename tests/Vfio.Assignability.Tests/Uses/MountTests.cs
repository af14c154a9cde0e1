namespace Vfio.Assignability.Tests.Uses;

/// <summary>What is mounted from a disk, or from anything that is made of it, is critical.</summary>
public sealed class MountTests
{
    private const string Disk = "0000:01:00.0";

    [Fact]
    public void A_disk_of_which_nothing_is_mounted_has_no_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();

        Assert.Empty(host.Uses(Disk, out IReadOnlyList<UnknownFact> unknown));
        Assert.Empty(unknown);
    }

    [Fact]
    public void A_partition_that_is_mounted_is_a_critical_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.Mount("nvme0n1p2", "/");

        FunctionUse use = Assert.Single(host.Uses(Disk));

        Assert.Equal((UseKind.MountedFileSystem, true, "/ is mounted from /dev/nvme0n1p2", null), (use.Kind, use.IsCritical, use.Description, use.Process));
        Evidence line = Assert.Single(use.Evidence);
        Assert.Equal("/proc/self/mountinfo", line.Path);
        Assert.EndsWith("/dev/nvme0n1p2 rw", line.Text);
    }

    [Fact]
    public void Several_mounts_of_one_device_are_one_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.Mount("nvme0n1p2", "/var/lib").Mount("nvme0n1p2", "/").Mount("nvme0n1p2", "/snap").Mount("nvme0n1p1", "/boot");

        Assert.Equal(["/boot is mounted from /dev/nvme0n1p1", "/ and 2 more places are mounted from /dev/nvme0n1p2"], host.Critical(Disk));
    }

    [Fact]
    public void Device_mapper_and_md_are_followed_at_any_depth_though_they_lead_in_circles()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.Raid("md0", "nvme0n1p2").DeviceMapper("dm-0", "crypt", "md0").DeviceMapper("dm-1", "vg-home", "dm-0")
            .Link("/sys/devices/virtual/block/dm-1/holders/md0", "../../md0")
            .Mount("dm-1", "/home");

        Assert.Equal(["/home is mounted from /dev/mapper/vg-home, which is on dm-0 on md0 on nvme0n1p2"], host.Critical(Disk));
    }

    [Theory]
    [InlineData("slaves")]
    [InlineData("holders")]
    public void One_direction_of_the_links_is_enough(string missing)
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.DeviceMapper("dm-0", "home", "nvme0n1p2").Mount("dm-0", "/home")
            .Without($"/sys/devices/{(missing == "slaves" ? "virtual/block/dm-0" : "pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0/nvme0n1/nvme0n1p2")}/{missing}");

        Assert.Equal(["/home is mounted from /dev/mapper/home, which is on nvme0n1p2"], host.Critical(Disk));
    }

    [Theory]
    [InlineData("/dev/mapper/vg--a-the--data")]
    [InlineData("/dev/vg-a/the-data")]
    [InlineData("/dev/dm-3")]
    [InlineData("/dev/disk/by-uuid/42")]
    public void A_logical_volume_is_found_by_any_of_its_names(string source)
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.DeviceMapper("dm-3", "vg--a-the--data", "nvme0n1p2")
            .Link("/dev/disk/by-uuid/42", "../../dm-3")
            .Text("/proc/mounts", $"{source} /srv/my\\040data xfs rw 0 0");

        Assert.Equal(["/srv/my data is mounted from /dev/mapper/vg--a-the--data, which is on nvme0n1p2"], host.Critical(Disk));
    }

    [Fact]
    public void A_root_without_a_name_is_found_by_its_number()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.Also(tree => tree.Text("/proc/1/mountinfo", $"30 1 {File.ReadAllText(tree.Physical("/sys/class/block/nvme0n1p1/dev")).Trim()} / / rw - ext4 /dev/root rw"));

        Assert.Equal(["/ is mounted from /dev/nvme0n1p1"], host.Critical(Disk));
    }

    [Theory]
    [InlineData("root=/dev/nvme0n1p2 ro")]
    [InlineData("ro root=PARTUUID=0a1b-02")]
    public void A_root_without_a_number_is_the_one_that_the_kernel_was_told(string commandLine)
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.CommandLine(commandLine)
            .Text("/sys/class/block/nvme0n1p2/uevent", "DEVNAME=nvme0n1p2\nPARTUUID=0a1b-02")
            .Without("/proc/self/mountinfo")
            .Text("/proc/mounts", "/dev/root / ext4 rw 0 0");

        Assert.Equal(["/ is mounted from /dev/nvme0n1p2"], host.Critical(Disk));
    }

    [Fact]
    public void All_disks_of_a_btrfs_are_used_though_the_table_names_one()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.RootPort("0000:00:03.0").Device("0000:03:00.0", 0x8086, 0x2922, 0x010601).Driver("ahci").Disk("sda", "sda1");
        _ = host.Link("/sys/fs/btrfs/6f2c/devices/sda1", "../../../../class/block/sda1")
            .Link("/sys/fs/btrfs/6f2c/devices/nvme0n1p1", "../../../../class/block/nvme0n1p1")
            .Text("/proc/self/mountinfo", "40 1 0:41 /@ / rw - btrfs /dev/sda1 rw,subvol=/@");

        Assert.Equal(["/ is mounted from /dev/nvme0n1p1"], host.Critical(Disk));
        Assert.Equal(["/ is mounted from /dev/sda1"], host.Critical("0000:03:00.0"));
    }

    [Fact]
    public void Swap_on_a_volume_is_a_critical_use_and_a_file_is_none_by_itself()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.DeviceMapper("dm-1", "vg-swap", "nvme0n1p2")
            .Text("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n/dev/dm-1  partition\t8388604\t0\t-2\n/swap\\040file file\t1024\t0\t-3");

        FunctionUse use = Assert.Single(host.Uses(Disk, out IReadOnlyList<UnknownFact> unknown));

        Assert.Equal((UseKind.Swap, true, "swap on /dev/dm-1, which is on nvme0n1p2"), (use.Kind, use.IsCritical, use.Description));
        Assert.Empty(unknown);
    }

    [Fact]
    public void A_namespace_with_several_paths_is_found_through_its_subsystem()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder disk = host.RootPort("0000:00:01.0").Device(Disk, 0x144d, 0xa824, 0x010802).Driver("nvme");
        const string Head = "/sys/devices/virtual/nvme-subsystem/nvme-subsys3";
        _ = host.Also(tree =>
        {
            tree.Folder($"{disk.Folder}/nvme/nvme5/nvme3c5n1");
            tree.LinkTo("/sys/class/nvme/nvme5", $"{disk.Folder}/nvme/nvme5");
            tree.LinkTo($"{Head}/nvme5", $"{disk.Folder}/nvme/nvme5");
            tree.Text($"{Head}/nvme3n1/dev", "259:7");
            tree.Text($"{Head}/nvme3n1/nvme3n1p1/dev", "259:8");
            tree.LinkTo("/sys/class/nvme-subsystem/nvme-subsys3", Head);
            tree.LinkTo("/sys/class/block/nvme3n1", $"{Head}/nvme3n1");
            tree.LinkTo("/sys/class/block/nvme3n1p1", $"{Head}/nvme3n1/nvme3n1p1");
        }).Text("/proc/self/mountinfo", "40 1 259:8 / / rw - ext4 /dev/nvme3n1p1 rw");

        Assert.Equal(["/ is mounted from /dev/nvme3n1p1"], host.Critical(Disk));
    }

    [Fact]
    public void Disks_far_below_a_usb_controller_are_its_own()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder usb = host.Device("0000:00:14.0", 0x8086, 0xa36d, 0x0c0330).Driver("xhci_hcd");
        _ = host.Also(tree => host.WriteBlock(tree, $"{usb.Folder}/usb2/2-1/2-1.4/2-1.4:1.0/host4/target4:0:0/4:0:0:0/block", "sdb", "sdb1")).Mount("sdb1", "/media/stick");

        Assert.Equal(["/media/stick is mounted from /dev/sdb1"], host.Critical("0000:00:14.0"));
    }

    [Fact]
    public void Disks_in_a_domain_behind_a_function_are_its_own_and_those_behind_a_bridge_are_not()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder vmd = host.Device("0000:00:0e.0", 0x8086, 0x9a0b, 0x010400).Driver("vmd");
        _ = vmd.RootPort("10000:e0:06.0").Device("10000:e1:00.0", 0x144d, 0xa808, 0x010802).Driver("nvme").Nvme(1, "nvme1n1p1");
        _ = host.Mount("nvme1n1p1", "/");

        Assert.Equal(["/ is mounted from /dev/nvme1n1p1"], host.Critical("0000:00:0e.0"));
        Assert.Equal(["/ is mounted from /dev/nvme1n1p1"], host.Critical("10000:e1:00.0"));
        Assert.Empty(host.Critical("10000:e0:06.0"));
    }

    [Fact]
    public void A_capture_without_the_folders_that_links_lead_to_is_enough()
    {
        using var host = new HostTreeBuilder();
        _ = host.Device(Disk, 0x144d, 0xa808, 0x010802).Driver("nvme");
        _ = host.Link("/sys/class/block/nvme0n1p2", "../../devices/pci0000:01/0000:01:00.0/nvme/nvme0/nvme0n1/nvme0n1p2")
            .Text("/proc/mounts", "/dev/nvme0n1p2 / ext4 rw 0 0");

        Assert.Equal(["/ is mounted from /dev/nvme0n1p2"], host.Critical(Disk));
    }

    [Fact]
    public void A_pool_that_does_not_tell_its_disks_is_an_unknown_fact_for_disks_without_a_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.RootPort("0000:00:03.0").Device("0000:03:00.0", 0x8086, 0x2922, 0x010601).Driver("ahci").Disk("sda", "sda1");
        _ = host.Mount("sda1", "/boot").Text("/proc/1/mountinfo", "50 1 0:50 / / rw - zfs tank/root rw");

        Assert.Empty(host.Uses(Disk, out IReadOnlyList<UnknownFact> idle));
        _ = Assert.Single(host.Uses("0000:03:00.0", out IReadOnlyList<UnknownFact> used));

        UnknownFact fact = Assert.Single(idle);
        Assert.Equal(("which disks the ZFS pool tank is on", "/proc/1/mountinfo"), (fact.Fact, fact.Path));
        Assert.Empty(used);
    }

    [Fact]
    public void Tables_that_are_missing_are_unknown_facts_for_functions_with_disks_only()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.RootPort("0000:00:03.0").Device("0000:03:00.0", 0x10de, 0x1b80, 0x030000);
        _ = host.Without("/proc/self/mountinfo");

        _ = host.Uses(Disk, out IReadOnlyList<UnknownFact> unknown);
        _ = host.Uses("0000:03:00.0", out IReadOnlyList<UnknownFact> none);

        Assert.Equal(("which file systems are mounted", "/proc/self/mountinfo", "is not there"), (unknown[0].Fact, unknown[0].Path, unknown[0].Problem));
        Assert.Empty(none);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("1 2 3")]
    [InlineData("36 35 ../../x:1 / /a rw - ext4 \0/dev/\0 rw")]
    [InlineData("36 35 999:1 / /a\\999\\04 rw - - -")]
    [InlineData("36 35 259:99999999999999999999 / /a rw -")]
    [InlineData("- - - - - - -")]
    public void Lines_that_make_no_sense_are_no_use_and_no_crash(string line)
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.Text("/proc/self/mountinfo", line).Text("/proc/mounts", line).Text("/proc/swaps", line).Text("/sys/class/block/nvme0n1/dev", line);

        Assert.Empty(host.Critical(Disk));
    }
}
