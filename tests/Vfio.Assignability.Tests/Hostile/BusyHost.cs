namespace Vfio.Assignability.Tests;

/// <summary>A host with something of everything, so that damage hits every rule.</summary>
internal static class BusyHost
{
    public static HostTreeBuilder Create()
    {
        var host = new HostTreeBuilder();
        _ = host.CommandLine("intel_iommu=on iommu=pt vfio-pci.ids=10de:1c82,144d:a808 pcie_acs_override=downstream")
            .ModuleAlias("vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*", "mlx5_vfio_pci");
        AddChipset(host);
        AddCards(host);
        AddNetwork(host);
        FunctionBuilder vmd = host.Device("0000:00:0e.0", 0x8086, 0x9a0b, 0x010400).Group(40).Driver("vmd");
        _ = vmd.RootPort("10000:e0:06.0").Group(40).Device("10000:e1:00.0", 0x144d, 0xa80a, 0x010802).Flr().Group(40).Driver("nvme").Nvme(1, "nvme1n1p1");
        return host.DeviceMapper("dm-0", "root", "nvme0n1p2").Raid("md0", "nvme1n1p1").Mount("dm-0", "/").Mount("md0", "/data").Swap("nvme0n1p1")
            .NetworkOver("bond0", "eth0").DefaultRoute("bond0")
            .Process(4242, "qemu-system-x86", "/dev/vfio/vfio", "/dev/vfio/33").Process(900, "Xorg", "/dev/dri/card0")
            .Iomem("e0000000-efffffff : PCI Bus 0000:03", "  e0000000-efffffff : 0000:03:00.0", "    e0000000-e07effff : BOOTFB");
    }

    private static void AddChipset(HostTreeBuilder host)
    {
        _ = host.IntelGraphics().Driver("i915").Drm(1).FrameBuffer(0).Reserved("0x000000008d800000 0x000000008fffffff direct-relaxable");
        _ = host.Device("0000:00:1f.3", 0x8086, 0xa348, 0x040300).Conventional().Msi().Group(30).Driver("snd_hda_intel").Sound(0);
        _ = host.Device("0000:00:1f.4", 0x8086, 0xa323, 0x0c0500).Conventional().Group(30).Driver("i801_smbus");
        _ = host.Device("0000:00:14.0", 0x8086, 0xa36d, 0x0c0330).Driver("xhci_hcd").Keyboard();
    }

    private static void AddCards(HostTreeBuilder host)
    {
        _ = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Flr().Driver("nvme").Nvme(0, "nvme0n1p1", "nvme0n1p2");
        (FunctionBuilder gpu, _) = host.Graphics();
        _ = gpu.Attribute("boot_vga", "0").Drm(0).Bar(1, 0xe0000000, 0x10000000).Attribute("resource1_resize", "00000000000001c0");
        FunctionBuilder bridge = host.RootPort("0000:00:1c.0").ConventionalBridge("0000:05:00.0").Group(31);
        _ = bridge.Device("0000:06:01.0", 0x8086, 0x100e, 0x020000).Conventional().Group(31).Driver("vfio-pci");
        _ = bridge.Device("0000:06:02.0", 0x8086, 0x100e, 0x020000).Conventional().Group(31);
    }

    private static void AddNetwork(HostTreeBuilder host)
    {
        FunctionBuilder physical = host.RootPort("0000:00:02.1").Acs(0x5f, 0x1d).Device("0000:02:00.0", 0x15b3, 0x101d, 0x020000).Flr().Sriov(8)
            .Driver("mlx5_core").Network("eth0").Network("eth1");
        _ = physical.Virtual("0000:02:00.1", 0x101e).Group(33).Driver("mlx5_vfio_pci");
        _ = physical.Virtual("0000:02:00.2", 0x101e);
    }
}
