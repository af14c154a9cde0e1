namespace Vfio.Assignability.Tests;

/// <summary>Intel's integrated graphics, and the rest of the chipset that it depends on.</summary>
public sealed class IntelGraphicsTests : IDisposable
{
    private const string Graphics = "0000:00:02.0";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void It_can_be_handed_over_with_conditions()
    {
        _ = _host.IntelGraphics().Driver("i915").Drm(0).FrameBuffer(0).Reserved("0x000000008d800000 0x000000008fffffff direct-relaxable");

        _ = _host.Inspect(Graphics).Is(Verdict.After).Resets(ResetClass.R0, "flr").ActsOn(Graphics)
            .Finds(FindingCode.IgdChecklist, Graphics).Says(FindingCode.IgdChecklist, "ROM")
            .Finds(FindingCode.HostUseLost, Severity.Warning, Graphics).Finds(FindingCode.DisplayOutputLocal, Graphics)
            .FindsNot(FindingCode.FirmwareReservedDma, FindingCode.DeviceFdRefused, FindingCode.HostUseCritical);
    }

    [Fact]
    public void As_no_vga_device_it_was_not_the_firmwares_first()
    {
        _ = _host.IntelGraphics(cls: 0x038000).Driver("i915").Drm(0);
        _ = _host.Iomem("4000000000-7fffffffff : PCI Bus 0000:00", "  4000000000-400fffffff : 0000:00:02.0", "    4000000000-40007effff : BOOTFB");

        _ = _host.Inspect(Graphics).Is(Verdict.After).Resets(ResetClass.R0, "flr").Finds(FindingCode.IgdChecklist, Graphics)
            .Says(FindingCode.IgdChecklist, "legacy").Finds(FindingCode.BarReserved, Graphics);
    }

    [Theory]
    [InlineData(0x030000)]
    [InlineData(0x038000)]
    public void A_foreign_isa_bridge_makes_the_kernel_refuse_the_open(int cls)
    {
        _ = _host.IntelGraphics(cls, isaVendor: 0x1234).Driver("vfio-pci");

        _ = _host.Inspect(Graphics).Is(Verdict.No).Finds(FindingCode.DeviceFdRefused, Severity.Blocker, Graphics).Says(FindingCode.DeviceFdRefused, "1f.0");
    }

    [Fact]
    public void So_does_a_host_bridge_that_is_none()
    {
        FunctionBuilder graphics = _host.IntelGraphics().Driver("vfio-pci");
        _ = graphics.Host.Functions[0].Attribute("class", "0x088000");

        _ = _host.Inspect(Graphics).Is(Verdict.No).Finds(FindingCode.DeviceFdRefused, Graphics).Says(FindingCode.DeviceFdRefused, "00:00.0");
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0xffff_ffffu)]
    public void Without_an_operation_region_nothing_of_this_matters(uint dword)
    {
        _ = _host.IntelGraphics(isaVendor: 0x1234).Driver("vfio-pci").ConfigDword(0xfc, dword);

        _ = _host.Inspect(Graphics).Is(Verdict.Yes).FindsNot(FindingCode.DeviceFdRefused);
    }

    [Fact]
    public void Nor_on_a_kernel_without_the_option()
    {
        _ = _host.KernelOption("VFIO_PCI_IGD", null).IntelGraphics(isaVendor: 0x1234).Driver("vfio-pci");

        _ = _host.Inspect(Graphics).Is(Verdict.Yes).FindsNot(FindingCode.DeviceFdRefused);
    }

    [Fact]
    public void A_chipset_without_an_isa_bridge_is_tolerated()
    {
        _ = _host.Device("0000:00:00.0", 0x8086, 0x3e30, 0x060000).Conventional();
        _ = _host.Device(Graphics, 0x8086, 0x3e98, 0x030000).Conventional().AfFlr().Reset("flr").ConfigDword(0xfc, 0x7a587018).Driver("vfio-pci");

        _ = _host.Inspect(Graphics).Is(Verdict.Yes).FindsNot(FindingCode.DeviceFdRefused);
    }

    [Fact]
    public void A_dword_that_cannot_be_read_could_turn_the_answer()
    {
        _ = _host.IntelGraphics(isaVendor: 0x1234).Driver("vfio-pci").ConfigLength(64);

        _ = _host.Inspect(Graphics).Is(Verdict.Unknown).KnowsNot($"{Graphics}/config").FindsNot(FindingCode.DeviceFdRefused);
    }

    [Fact]
    public void Unless_the_bridges_are_as_they_should_be()
    {
        _ = _host.IntelGraphics().Driver("vfio-pci").ConfigLength(64);

        _ = _host.Inspect(Graphics).Is(Verdict.Yes).KnowsNot($"{Graphics}/config");
    }

    [Fact]
    public void An_old_kernel_asks_vga_devices_alone()
    {
        _ = _host.Kernel("5.10.0").IntelGraphics(cls: 0x038000, isaVendor: 0x1234).Driver("vfio-pci");

        _ = _host.Inspect(Graphics).Is(Verdict.Yes).FindsNot(FindingCode.DeviceFdRefused);
    }

    [Fact]
    public void A_card_of_intels_in_a_slot_is_asked_for_the_dword_too()
    {
        _ = _host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x8086, 0x56a0, 0x030000).Flr().Driver("vfio-pci");

        _ = _host.Inspect("0000:01:00.0").Is(Verdict.Yes).FindsNot(FindingCode.DeviceFdRefused, FindingCode.IgdChecklist);
    }
}
