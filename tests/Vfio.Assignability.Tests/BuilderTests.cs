namespace Vfio.Assignability.Tests;

/// <summary>What the builder writes is read as what was described.</summary>
public sealed class BuilderTests
{
    [Fact]
    public void A_device_is_unbound_and_alone_in_its_group_behind_a_root_port_in_another()
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Flr();

        PciHost pci = host.Build();
        PciFunction device = pci.Get(PciAddress.Parse("0000:01:00.0"));
        PciFunction port = pci.Get(PciAddress.Parse("0000:00:01.0"));

        Assert.Equal("/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0", device.DevicePath);
        Assert.Equal(("144d:a808", 0x010802u, null), (device.Ids, device.ClassCode, device.Driver));
        Assert.Equal(device, Assert.Single(device.Group!.Members));
        Assert.Equal("flr bus", device.Attribute("reset_method").Value);
        Assert.Equal(4096, device.Config.Value!.Length);
        Assert.Equal("msi", Assert.Single(device.Group.ReservedRegions.Value!).Kind);
        Assert.Equal((true, "dmar0"), (device.Iommu!.CanRemapInterrupts, device.Iommu.Name));
        Assert.Equal((port, false), (device.Upstream, device.IsOnRootBus));
        Assert.Equal(("pcieport", (byte)1, true), (port.Driver, port.SecondaryBus, port.IsOnRootBus));
        Assert.Equal(device, Assert.Single(port.Below));
        Assert.NotEqual(device.Group, port.Group);
    }

    [Fact]
    public void A_domain_behind_a_function_has_that_as_its_owner()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder vmd = host.Device("0000:00:0e.0", 0x8086, 0x9a0b, 0x010400).Driver("vmd");
        _ = vmd.RootPort("10000:e0:06.0").Device("10000:e1:00.0", 0x144d, 0xa808, 0x010802);

        PciFunction device = host.Build().Get(PciAddress.Parse("10000:e1:00.0"));

        Assert.Equal("0000:00:0e.0", device.DomainOwner!.ToString());
        Assert.Equal("10000:e0:06.0", device.Upstream!.ToString());
    }

    [Fact]
    public void Virtual_functions_have_no_ids_in_their_configuration_space()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder physical = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x8086, 0x10c9, 0x020000).Flr().Sriov(8).Driver("igb");
        _ = physical.Virtual("0000:01:10.0", 0x10ca).Driver("vfio-pci");

        PciHost pci = host.Build();
        PciFunction function = pci.Get(PciAddress.Parse("0000:01:10.0"));

        Assert.Equal(("0000:01:00.0", "8086:10ca", "vfio0"), (function.PhysicalFunction!.ToString(), function.Ids, function.VfioDevice));
        Assert.Equal(new byte[] { 0xff, 0xff, 0xff, 0xff }, function.Config.Value![..4]);
        Assert.Equal(function, Assert.Single(pci.Get(PciAddress.Parse("0000:01:00.0")).VirtualFunctions));
    }

    [Fact]
    public void Disks_have_their_numbers_and_what_is_made_of_them()
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Driver("nvme").Nvme(0, "nvme0n1p1", "nvme0n1p2");
        _ = host.DeviceMapper("dm-0", "root", "nvme0n1p2").Mount("dm-0", "/");

        HostTree tree = host.Build().Tree;

        string number = tree.ReadText("/sys/class/block/dm-0/dev").Value!;
        Assert.Contains($" {number} / / ", tree.ReadText("/proc/self/mountinfo").Value, StringComparison.Ordinal);
        Assert.Equal(["dm-0"], tree.Names("/sys/class/block/nvme0n1p2/holders"));
        Assert.Equal(
            "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0/nvme0n1/nvme0n1p2",
            tree.RealPath("/sys/dev/block/" + tree.ReadText("/sys/class/block/nvme0n1p2/dev").Value));
    }
}
