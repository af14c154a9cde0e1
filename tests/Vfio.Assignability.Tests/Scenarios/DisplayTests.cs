namespace Vfio.Assignability.Tests;

/// <summary>Graphics cards: displays, frame buffers, AMD's integrated graphics.</summary>
public sealed class DisplayTests : IDisposable
{
    private const string Gpu = "0000:03:00.0";
    private const string Integrated = "0000:c3:00.0";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(0x030000)]
    [InlineData(0x030200)]
    [InlineData(0x038000)]
    public void Every_graphics_card_shows_its_picture_itself(int cls)
    {
        _ = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, cls).Driver("vfio-pci");

        _ = _host.Inspect(Gpu).Is(Verdict.Yes).Finds(FindingCode.DisplayOutputLocal, Gpu);
    }

    [Fact]
    public void Its_sound_and_its_virtual_functions_do_not()
    {
        _ = _host.Graphics("vfio-pci", "vfio-pci");
        FunctionBuilder physical = _host.RootPort("0000:00:04.0").Device("0000:04:00.0", 0x8086, 0x56c0, 0x038000).Flr().Sriov(4).Driver("xe");
        _ = physical.Virtual("0000:04:00.1", 0x56c0).Driver("vfio-pci");

        _ = _host.Inspect("0000:03:00.1").Is(Verdict.Yes).FindsNot(FindingCode.DisplayOutputLocal);
        _ = _host.Inspect("0000:04:00.1").Is(Verdict.Yes).FindsNot(FindingCode.DisplayOutputLocal);
    }

    [Fact]
    public void The_display_of_the_host_would_be_missed()
    {
        (FunctionBuilder gpu, _) = _host.Graphics();
        _ = gpu.Attribute("boot_vga", "1").Drm(0).FrameBuffer(0);

        _ = _host.Inspect(Gpu).Is(Verdict.After).Finds(FindingCode.HostUseLost, Severity.Warning, Gpu);
    }

    [Fact]
    public void The_boot_frame_buffer_keeps_a_part_of_a_display_controller_that_is_no_vga()
    {
        _ = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, 0x038000).Driver("vfio-pci").Bar(1, 0xe0000000, 0x10000000);
        _ = _host.Iomem("c0000000-febfffff : PCI Bus 0000:00", "  e0000000-efffffff : PCI Bus 0000:03", "    e0000000-efffffff : 0000:03:00.0", "      e0000000-e07effff : BOOTFB");

        AssignabilityReport report = _host.Inspect(Gpu).Finds(FindingCode.BarReserved, Gpu).Says(FindingCode.BarReserved, "BOOTFB");

        report.Check(report.Verdict is Verdict.Yes or Verdict.After, "the verdict should be no worse than after");
    }

    [Fact]
    public void Vfio_pci_evicts_it_from_a_vga_controller()
    {
        _ = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, 0x030000).Bar(1, 0xe0000000, 0x10000000);
        _ = _host.Iomem("e0000000-efffffff : PCI Bus 0000:03", "  e0000000-efffffff : 0000:03:00.0", "    e0000000-e07effff : BOOTFB");

        _ = _host.Inspect(Gpu).Is(Verdict.After).FindsNot(FindingCode.BarReserved);
    }

    [Fact]
    public void A_frame_buffer_elsewhere_is_no_matter()
    {
        _ = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, 0x038000).Driver("vfio-pci").Bar(1, 0xe0000000, 0x10000000);
        _ = _host.Iomem("d0000000-dfffffff : PCI Bus 0000:04", "  d0000000-d07effff : BOOTFB");

        _ = _host.Inspect(Gpu).Is(Verdict.Yes).FindsNot(FindingCode.BarReserved);
    }

    [Fact]
    public void Amds_integrated_graphics_shares_a_bus_with_the_processors_own_devices()
    {
        FunctionBuilder port = _host.RootPort("0000:00:08.1");
        _ = port.Device(Integrated, 0x1002, 0x1586, 0x038000).Reset("bus").Driver("amdgpu");
        _ = port.Device("0000:c3:00.1", 0x1002, 0x1640, 0x040300).NoReset().Driver("snd_hda_intel");
        _ = port.Device("0000:c3:00.2", 0x1022, 0x17e0, 0x108000).NoReset().Driver("ccp");
        _ = port.Device("0000:c3:00.4", 0x1022, 0x1587, 0x0c0330).NoReset().Driver("xhci_hcd");

        _ = _host.Inspect(Integrated).Is(Verdict.After).ActsOn(Integrated)
            .Resets(ResetClass.R3, null).IsBlockedBy("0000:c3:00.1", "0000:c3:00.2", "0000:c3:00.4")
            .Finds(FindingCode.ApuResetRisk, Integrated)
            .Finds(FindingCode.ResetSetNotOwned, "0000:c3:00.1", "0000:c3:00.2", "0000:c3:00.4")
            .Finds(FindingCode.ResetMethodStale, Severity.Warning, Integrated);
    }

    [Fact]
    public void A_bar_that_the_firmware_left_without_addresses_is_named()
    {
        FunctionBuilder gpu = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, 0x030000).Driver("vfio-pci");
        _ = _host.Text($"{gpu.Folder}/resource", "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n0x0000000000000000 0x00000003ffffffff 0x000000002014220c\n0x0000000000000000 0x0000000000000000 0x0000000000000000");

        _ = _host.Inspect(Gpu).Is(Verdict.Yes).Finds(FindingCode.BarUnassigned, Gpu);
    }

    [Fact]
    public void A_bar_is_not_resized_under_a_driver()
    {
        (FunctionBuilder gpu, _) = _host.Graphics();
        _ = gpu.Attribute("resource1_resize", "00000000000001c0");

        _ = _host.Inspect(Gpu).Is(Verdict.After).Finds(FindingCode.BarResizeBlocked, Severity.Info, Gpu).Says(FindingCode.BarResizeBlocked, "64", "128", "256");
    }

    [Fact]
    public void But_without_one()
    {
        _ = _host.RootPort("0000:00:03.1").Device(Gpu, 0x10de, 0x1c82, 0x030000).Attribute("resource1_resize", "00000000000001c0");

        _ = _host.Inspect(Gpu).Is(Verdict.After).FindsNot(FindingCode.BarResizeBlocked);
    }
}
