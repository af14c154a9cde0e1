namespace Vfio.Assignability.Tests.Uses;

/// <summary>Who has a function open, and through which node.</summary>
public sealed class ProcessTests
{
    private const string Disk = "0000:01:00.0";

    [Theory]
    [InlineData("/dev/vfio/7")]
    [InlineData("/dev/vfio/noiommu-7")]
    [InlineData("/dev/vfio/devices/vfio0")]
    public void A_group_or_a_device_of_vfio_that_a_process_has_open_is_a_critical_use(string node)
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device(Disk, 0x144d, 0xa808, 0x010802).Driver("vfio-pci").Group(7);
        _ = host.Process(4242, "qemu-system-x86", node, "/dev/vfio/vfio", "/dev/iommu", "/dev/vfio/17");

        FunctionUse use = Assert.Single(host.Uses(Disk));

        Assert.Equal((UseKind.HeldThroughVfio, true, $"process 4242 (qemu-system-x86) has {node} open"), (use.Kind, use.IsCritical, use.Description));
        Assert.Equal(new ProcessHolder(4242, "qemu-system-x86", node), use.Process);
        Assert.Equal(new Evidence("/proc/4242/fd/3", node), Assert.Single(use.Evidence));
    }

    [Fact]
    public void An_iommufd_alone_and_another_members_own_node_say_nothing()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder port = host.RootPort("0000:00:01.0");
        _ = port.Device(Disk, 0x144d, 0xa808, 0x010802).Driver("vfio-pci").Group(7);
        _ = port.Device("0000:01:00.1", 0x144d, 0xa808, 0x010802).Driver("vfio-pci").Group(7);
        _ = host.Process(9, "vmm", "/dev/iommu", "/dev/vfio/devices/vfio1");

        Assert.Empty(host.Uses(Disk));
        _ = Assert.Single(host.Uses("0000:01:00.1"));
    }

    [Fact]
    public void A_device_that_was_passed_to_a_process_is_found_by_what_the_kernel_says_of_its_descriptor()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder device = host.RootPort("0000:00:01.0").Device(Disk, 0x144d, 0xa808, 0x010802).Driver("vfio-pci");
        _ = host.Process(77, "driver").Link("/proc/77/fd/5", "anon_inode:[vfio-device]")
            .Text("/proc/77/fdinfo/5", $"pos:\t0\nflags:\t02000002\nvfio-device-syspath: {device.Folder}");

        FunctionUse use = Assert.Single(host.Uses(Disk));

        Assert.Equal((UseKind.HeldThroughVfio, "process 77 (driver) has it open through VFIO"), (use.Kind, use.Description));
        Assert.Empty(host.Uses("0000:00:01.0"));
    }

    [Theory]
    [InlineData("/dev/nvme0n1", "/dev/nvme0n1")]
    [InlineData("/dev/nvme0n1p2", "/dev/nvme0n1p2")]
    [InlineData("/dev/nvme0", "/dev/nvme0")]
    [InlineData("/dev/nvme0n1 (deleted)", "/dev/nvme0n1")]
    [InlineData("/dev/dm-0", "/dev/dm-0")]
    public void A_node_of_the_driver_that_a_process_has_open_is_a_critical_use(string open, string node)
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.DeviceMapper("dm-0", "data", "nvme0n1p2").Process(812, "fio", open, open);

        FunctionUse use = Assert.Single(host.Uses(Disk));

        Assert.Equal((UseKind.OpenNode, true, $"process 812 (fio) has {node} open"), (use.Kind, use.IsCritical, use.Description));
    }

    [Fact]
    public void Who_has_a_display_open_is_one_use_and_not_critical()
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device(Disk, 0x1002, 0x744c, 0x030000).Driver("amdgpu").Drm(0, hasMonitor: false);
        _ = host.Process(900, "Xorg", "/dev/dri/card0").Process(901, "firefox", "/dev/dri/renderD128").Process(902, "app", "/dev/kfd");

        FunctionUse use = Assert.Single(host.Uses(Disk));

        Assert.Equal((UseKind.Display, false, "process 900 (Xorg) and 2 more have nodes of it open"), (use.Kind, use.IsCritical, use.Description));
        Assert.Equal(900, use.Process!.Id);
    }

    [Fact]
    public void Nodes_of_nvidias_driver_are_told_apart_by_their_number()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder port = host.RootPort("0000:00:01.0");
        _ = port.Device(Disk, 0x10de, 0x1b80, 0x030000).Driver("nvidia");
        _ = port.Device("0000:01:01.0", 0x10de, 0x1b80, 0x030000).Driver("nvidia");
        _ = host.Text("/proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t a card\nDevice Minor: \t 0")
            .Text("/proc/driver/nvidia/gpus/0000:01:01.0/information", "Model: \t\t a card\nDevice Minor: \t 1")
            .Process(5, "persistenced", "/dev/nvidia1");

        Assert.Empty(host.Uses(Disk));
        Assert.Equal("process 5 (persistenced) has /dev/nvidia1 open", Assert.Single(host.Uses("0000:01:01.0")).Description);
    }

    [Fact]
    public void Descriptors_that_may_not_be_listed_are_one_unknown_fact_where_a_node_could_be_open()
    {
        using var host = new HostTreeBuilder();
        _ = host.NvmeDisk();
        _ = host.NetworkCard();

        // A file in the folder's place cannot be listed, whoever asks.
        _ = host.Text("/proc/300/fd", "x").Text("/proc/301/fd", "x").Text("/proc/40/fd", "x").Text("/proc/40/stat", "40 (kworker) S 2 0 0")
            .Text("/proc/41/fd", "x").Text("/proc/41/stat", "41 (gone) x) Z 1 0 0");

        _ = host.Uses(Disk, out IReadOnlyList<UnknownFact> unknown);
        _ = host.Uses("0000:02:00.0", out IReadOnlyList<UnknownFact> none);

        Assert.Equal(("which device nodes 2 other processes have open", "/proc/300/fd", Verdict.No), (Assert.Single(unknown).Fact, unknown[0].Path, unknown[0].Turns));
        Assert.Empty(none);
    }
}
