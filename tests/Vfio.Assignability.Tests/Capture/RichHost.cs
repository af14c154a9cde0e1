namespace Vfio.Assignability.Tests;

/// <summary>A host with a bit of everything, and with names, numbers and addresses that are nobody's business wherever there may be some.</summary>
internal static class RichHost
{
    public const string Nvme = "0000:01:00.0";
    public const string Network = "0000:02:00.0";
    public const string Graphics = "0000:03:00.0";
    public const string Assigned = "0000:04:00.0";

    public const string Uuid = "6f1f2d3c-0a4b-4c5d-8e7f-112233445566";
    public const string Mac = "02:ab:cd:ef:98:76";

    /// <summary>What must not be in a capture of it, in letters of any case.</summary>
    public static readonly string[] Secrets =
    [
        "alice", "secret", "photos", Uuid, Mac, "02abcdef9876", "0102a8c0", "0002a8c0", "fe80",
        "S3RIALNUMBER", "eui.0025385", "nqn.", "Samsung", "Logitech", "Keychron", "EDIDBYTES", "VPDBYTES", "ROMBYTES", "SERI",
    ];

    public static HostTreeBuilder Create()
    {
        var host = new HostTreeBuilder();
        AddDisks(host);
        AddNetwork(host);
        AddGraphics(host);
        _ = host.RootPort("0000:00:04.0").Device(Assigned, 0x8086, 0x10c9, 0x020000).Flr().Driver("vfio-pci")
            .Extended(0x03, [.. "SERIAL.."u8])
            .Attribute("serial_number", "S3RIALNUMBER")
            .Attribute("vpd", "VPDBYTES")
            .Attribute("label", "alice's card");
        _ = host.Process(4242, "qemu-system-x86", "/dev/vfio/vfio", "/dev/vfio/7", "/home/alice/secret.qcow2", "socket:[12345]", "anon_inode:[vfio-device]")
            .Text("/proc/4242/fdinfo/7", "pos:\t0\nino:\t77\nvfio-device-syspath: /sys/devices/pci0000:00/0000:00:04.0/0000:04:00.0")
            .Text("/proc/4242/cmdline", "qemu -name alice")
            .Text("/proc/4242/environ", "USER=alice")
            .Process(77, "secretd", "/home/alice/secret");
        _ = host.CommandLine($"root=UUID={Uuid} intel_iommu=on rd.luks.uuid={Uuid} systemd.hostname=alice vfio-pci.ids=8086:10c9 -- secret");
        _ = host.Text("/proc/sys/kernel/hostname", "alice").Text("/etc/hostname", "alice").Text("/sys/class/dmi/id/product_serial", "S3RIALNUMBER")
            .Text("/sys/class/dmi/id/product_uuid", Uuid)
            .KernelOption("DEFAULT_HOSTNAME", "\"alice\"")
            .Text("/proc/modules", "vfio_pci 20480 1 - Live 0xffffffffc0secret (E)\nnvme 65536 2 - Live 0xffffffffc0secret")
            .Text("/proc/interrupts", "           CPU0       CPU1\n 24:  1  0  IR-PCI-MSIX-0000:02:00.0   0-edge      alice-lan-TxRx-0\n 25:  3 4  IR-PCI-MSI 1-edge nvme0q0, alice-lan")
            .Iomem("  01000000-01ffffff : Kernel code secret");
        return host;
    }

    private static void AddDisks(HostTreeBuilder host)
    {
        FunctionBuilder nvme = host.RootPort("0000:00:01.0").Device(Nvme, 0x144d, 0xa808, 0x010802).Flr().Driver("nvme").Nvme(0, "nvme0n1p1", "nvme0n1p2", "nvme0n1p3");
        string controller = $"{nvme.Folder}/nvme/nvme0";
        _ = nvme.Under(tree =>
        {
            tree.Text($"{controller}/serial", "S3RIALNUMBER");
            tree.Text($"{controller}/model", "Samsung SSD");
            tree.Text($"{controller}/subsysnqn", "nqn.1994-11.com.samsung:S3RIALNUMBER");
            tree.Text($"{controller}/hostnqn", $"nqn.2014-08.org.nvmexpress:uuid:{Uuid}");
            tree.Text($"{controller}/state", "live");
            tree.Text($"{controller}/nvme0n1/wwid", "eui.0025385b71b0");
            tree.Text($"{controller}/nvme0n1/uuid", Uuid);
            tree.Text($"{controller}/nvme0n1/nvme0n1p1/uevent", $"MAJOR=259\nMINOR=1\nDEVNAME=nvme0n1p1\nDEVTYPE=partition\nPARTNAME=alice\nPARTUUID={Uuid}");
        });
        _ = host.DeviceMapper("dm-0", "alice-vault", "nvme0n1p2")
            .DeviceMapper("dm-1", "alice--vg-photos", "dm-0")
            .Text("/sys/devices/virtual/block/dm-0/dm/uuid", $"CRYPT-LUKS2-{Uuid}-alice-vault")
            .Raid("md_alice", "nvme0n1p3")
            .Mount("dm-1", "/home/alice/photos")
            .Mount("md_alice", "/srv/secret\\040things", "xfs")
            .Mount("nvme0n1p1", "/boot/efi", "vfat")
            .Swap("dm-0")
            .Also(tree =>
            {
                Append(tree, "/proc/self/mountinfo", "99 21 0:77 / /mnt/alice rw shared:4 - zfs alicepool/photos rw");
                Append(tree, "/proc/self/mountinfo", "98 21 0:78 /alice /media/alice rw - nfs4 alice.example:/secret rw,addr=192.168.1.1");
                Append(tree, "/proc/swaps", "/home/alice/photos/swapfile file 1024 0 -3");
            })
            .Text("/proc/mounts", "/dev/disk/by-label/ALICE /home/alice/photos ext4 rw,relatime,user=alice 0 0\n/dev/nvme0n1p1 /boot/efi vfat rw,uid=1000 0 0")
            .Link("/dev/disk/by-label/ALICE", "../../dm-1")
            .Link($"/sys/fs/btrfs/{Uuid}/devices/nvme0n1p3", "../../../../block/nvme0n1/nvme0n1p3")
            .Text($"/sys/fs/btrfs/{Uuid}/label", "alice")
            .Text("/sys/devices/virtual/block/loop0/loop/backing_file", "/home/alice/secret.img")
            .Link("/sys/class/block/loop0", "../../devices/virtual/block/loop0");
    }

    private static void AddNetwork(HostTreeBuilder host)
    {
        FunctionBuilder card = host.RootPort("0000:00:02.0").Device(Network, 0x8086, 0x1533, 0x020000).Flr().Driver("igb").Network("alice-lan").Network("enx02abcdef9876");
        _ = card.Under(tree =>
        {
            tree.Text($"{card.Folder}/net/alice-lan/address", Mac);
            tree.Text($"{card.Folder}/net/alice-lan/phys_port_id", "02abcdef9876");
            tree.Text($"{card.Folder}/net/alice-lan/ifalias", "secret");
            tree.Folder($"{card.Folder}/leds/alice-lan::link");
            tree.Text($"{card.Folder}/{Uuid}/mdev_type", "secret");
        });
        _ = host.NetworkOver("br-alice", "alice-lan")
            .DefaultRoute("br-alice")
            .DefaultRouteV6("br-alice")
            .Also(static tree => Append(tree, "/proc/net/route", "alice-lan\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0"))
            .Text("/proc/net/arp", $"192.168.1.1 0x1 0x2 {Mac} * alice-lan");
    }

    private static void AddGraphics(HostTreeBuilder host)
    {
        FunctionBuilder card = host.RootPort("0000:00:03.0").Device(Graphics, 0x10de, 0x2684, 0x030000).Driver("nvidia").Drm(0).Sound(0).Keyboard().FrameBuffer(0)
            .Attribute("boot_vga", "1")
            .Attribute("rom", "ROMBYTES")
            .Capability(0x03, 0x10, 0x80, (byte)'S', (byte)'E', (byte)'R', (byte)'I');
        _ = card.Under(tree =>
        {
            tree.Text($"{card.Folder}/drm/card0/card0-HDMI-A-1/edid", "EDIDBYTES");
            tree.Text($"{card.Folder}/sound/card0/id", "AliceCard");
            tree.Text($"{card.Folder}/usb1/1-2/serial", "S3RIALNUMBER");
            tree.Text($"{card.Folder}/usb1/1-2/manufacturer", "Keychron");
            tree.Text($"{card.Folder}/usb1/1-2/1-2:1.0/bInterfaceClass", "03");
        });
        _ = host.Text("/proc/driver/nvidia/gpus/0000:03:00.0/information", $"Model: secret\nGPU UUID: GPU-{Uuid}\nDevice Minor: \t 0")
            .Text("/proc/bus/input/devices", $"I: Bus=0003 Vendor=046d Product=c31c Version=0110\nN: Name=\"Alice's Logitech Keyboard\"\nP: Phys=usb-0000:03:00.0-2/input0 {Mac}\nS: Sysfs=/devices/pci0000:00/0000:00:03.0/0000:03:00.0/usb1/1-2/1-2:1.0/0003:046D:C31C.0001/input/input5\nU: Uniq={Mac}\nH: Handlers=sysrq kbd event5\nB: EV=120013\n\n");
    }

    private static void Append(TreeFolder tree, string path, string line) => File.AppendAllText(tree.Physical(path), line + "\n");
}
