using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Groups of several functions: who blocks, who does not, and who has to come along.</summary>
public sealed class GroupTests : IDisposable
{
    private const string FirstNic = "0000:03:00.0";
    private const string SecondNic = "0000:04:00.0";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_switch_without_access_control_keeps_its_devices_together()
    {
        Switch(0, 1, 1, 1, 1, 1, 1);

        _ = _host.Inspect(FirstNic).Is(Verdict.After).ActsOn(FirstNic, SecondNic)
            .FindsOnly(FindingCode.GroupNotViable, SecondNic).Says(FindingCode.GroupNotViable, "ACS", "e1000e")
            .HasMember("0000:00:01.0", "pcieport", MemberRole.Bridge, blocks: false)
            .HasMember("0000:01:00.0", "pcieport", MemberRole.Bridge, blocks: false)
            .HasMember("0000:02:01.0", "pcieport", MemberRole.Bridge, blocks: false)
            .HasMember(FirstNic, "e1000e", MemberRole.Endpoint, blocks: true)
            .HasMember(SecondNic, "e1000e", MemberRole.Endpoint, blocks: true);
    }

    [Fact]
    public void One_with_access_control_does_not()
    {
        Switch(0x1d, 1, 2, 3, 4, 5, 6);

        AssignabilityReport report = _host.Inspect(FirstNic).Is(Verdict.After).ActsOn(FirstNic).FindsNot(FindingCode.GroupNotViable);

        _ = Assert.Single(report.Group!.Members);
        Assert.Equal("5", report.Group.Id);
    }

    [Fact]
    public void A_chipset_device_cannot_go_without_its_neighbours()
    {
        _ = _host.Device("0000:00:1f.0", 0x8086, 0xa305, 0x060100).Conventional().Group(9).Driver("lpc_ich");
        _ = _host.Device("0000:00:1f.3", 0x8086, 0xa348, 0x040300).Conventional().Msi().Group(9).Driver("snd_hda_intel");
        _ = _host.Device("0000:00:1f.4", 0x8086, 0xa323, 0x0c0500).Conventional().Group(9).Driver("i801_smbus");

        _ = _host.Inspect("0000:00:1f.3").Is(Verdict.No).Resets(ResetClass.R4, null).DoesNothing()
            .Finds(FindingCode.HostUseCritical, Severity.Blocker, "0000:00:1f.0", "0000:00:1f.4")
            .FindsOnly(FindingCode.GroupNotViable, "0000:00:1f.0", "0000:00:1f.4").Says(FindingCode.GroupNotViable, "lpc_ich", "i801_smbus")
            .HasMember("0000:00:1f.0", "lpc_ich", MemberRole.Chipset, blocks: true)
            .HasMember("0000:00:1f.3", "snd_hda_intel", MemberRole.Endpoint, blocks: true)
            .HasMember("0000:00:1f.4", "i801_smbus", MemberRole.Chipset, blocks: true);
    }

    [Fact]
    public void But_with_neighbours_that_no_driver_has()
    {
        _ = _host.Device("0000:00:1f.0", 0x8086, 0xa305, 0x060100).Conventional().Group(9);
        _ = _host.Device("0000:00:1f.3", 0x8086, 0xa348, 0x040300).Conventional().Msi().Group(9).Driver("snd_hda_intel");

        _ = _host.Inspect("0000:00:1f.3").Is(Verdict.After).ActsOn("0000:00:1f.3").FindsNot(FindingCode.GroupNotViable, FindingCode.HostUseCritical)
            .HasMember("0000:00:1f.0", null, MemberRole.Chipset, blocks: false);
    }

    [Fact]
    public void An_smbus_behind_a_bridge_is_a_device_as_any()
    {
        FunctionBuilder first = _host.Nvme().Group(5).Driver("vfio-pci");
        _ = first.Beside("0000:01:00.1", 0x1022, 0x0001, 0x0c0500).Group(5).Driver("vfio-pci");
        _ = _host.Device("0000:00:14.5", 0x1022, 0x0002, 0x088000).Group(5);

        _ = _host.Inspect(Target).Is(Verdict.Yes).HasMember("0000:01:00.1", "vfio-pci", MemberRole.Endpoint, blocks: false)
            .HasMember("0000:00:14.5", null, MemberRole.Chipset, blocks: false);
    }

    [Fact]
    public void A_bridge_on_a_hot_plug_driver_blocks()
    {
        HotPlugBridge();

        _ = _host.Inspect(Target).Is(Verdict.After).FindsOnly(FindingCode.GroupNotViable, Port).Says(FindingCode.GroupNotViable, "shpchp").ActsOn(Port)
            .HasMember(Port, "shpchp", MemberRole.Bridge, blocks: true);
    }

    [Fact]
    public void On_an_old_kernel_no_bridge_does()
    {
        _ = _host.Kernel("5.10.0-30-amd64");
        HotPlugBridge();

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.GroupNotViable).HasMember(Port, "shpchp", MemberRole.Bridge, blocks: false);
    }

    [Theory]
    [InlineData("pci-stub", false)]
    [InlineData("vfio-pci", false)]
    [InlineData("mlx5_vfio_pci", false)]
    [InlineData("xen-pciback", true)]
    [InlineData("pci-pf-stub", true)]
    [InlineData("a_driver_of_the_future", true)]
    public void A_driver_blocks_unless_it_leaves_dma_to_others(string driver, bool blocks)
    {
        FunctionBuilder first = _host.Nvme().Group(5).Driver("vfio-pci");
        _ = first.Beside("0000:01:00.1", 0x144d, 0xa808, 0x010802).Flr().Group(5).Driver(driver);

        AssignabilityReport report = _host.Inspect(Target).HasMember("0000:01:00.1", driver, MemberRole.Endpoint, blocks);

        _ = blocks
            ? report.Is(Verdict.After).FindsOnly(FindingCode.GroupNotViable, "0000:01:00.1").ActsOn("0000:01:00.1")
            : report.Is(Verdict.Yes).FindsNot(FindingCode.GroupNotViable);
    }

    [Fact]
    public void The_group_is_that_of_the_link()
    {
        _ = _host.Nvme().Group(123).Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes);

        Assert.Equal("123", report.Group!.Id);
    }

    [Theory]
    [InlineData(Port)]
    [InlineData("0000:01:00.0")]
    [InlineData("0000:02:02.0")]
    public void A_bridge_cannot_be_handed_over_but_what_is_behind_it(string bridge)
    {
        Switch(0x1d, 1, 2, 3, 4, 5, 6);

        _ = _host.Inspect(bridge).Is(Verdict.No).Finds(FindingCode.BridgeNotAssignable, Severity.Blocker, bridge)
            .Says(FindingCode.BridgeNotAssignable, SecondNic).DoesNothing();
    }

    private void HotPlugBridge()
        => _ = _host.RootPort(Port).Group(5).Driver("shpchp").Device(Target, 0x144d, 0xa808, 0x010802).Flr().Group(5).Driver("vfio-pci");

    // A root port, a switch of three ports, and a network card behind each downstream one.
    private void Switch(int access, params int[] groups)
    {
        FunctionBuilder upstream = _host.RootPort(Port).Acs(access, access).Group(groups[0]).UpstreamPort("0000:01:00.0").Group(groups[1]);
        FunctionBuilder left = upstream.DownstreamPort("0000:02:01.0").Group(groups[2]);
        FunctionBuilder right = upstream.DownstreamPort("0000:02:02.0").Group(groups[3]);
        if (access != 0)
        {
            _ = left.Acs(0x5f, access);
            _ = right.Acs(0x5f, access);
        }

        _ = left.Device(FirstNic, 0x8086, 0x10d3, 0x020000).Group(groups[4]).Driver("e1000e").Network("eth0");
        _ = right.Device(SecondNic, 0x8086, 0x10d3, 0x020000).Group(groups[5]).Driver("e1000e").Network("eth1");
    }
}
