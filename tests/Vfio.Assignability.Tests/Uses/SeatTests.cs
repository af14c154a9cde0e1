namespace Vfio.Assignability.Tests.Uses;

/// <summary>What somebody in front of the host would miss, and what the host itself is made of.</summary>
public sealed class SeatTests
{
    private const string Device = "0000:00:02.0";

    [Fact]
    public void A_boot_display_with_a_monitor_and_the_text_console_is_missed()
    {
        using var host = new HostTreeBuilder();
        _ = host.Device(Device, 0x8086, 0x3e92, 0x030000).Driver("i915").Attribute("boot_vga", "1").Drm(0).FrameBuffer(0);

        IReadOnlyList<FunctionUse> uses = host.Uses(Device);

        Assert.Equal([UseKind.Display, UseKind.Console], uses.Select(static use => use.Kind));
        Assert.All(uses, static use => Assert.False(use.IsCritical));
        Assert.Equal("the firmware shows its screens on it, its connector HDMI-A-1 shows a picture, the frame buffer fb0 is on it", uses[0].Description);
        Assert.Equal("the host's text console (vtcon1) is on its frame buffer fb0", uses[1].Description);
    }

    [Fact]
    public void A_display_that_shows_nothing_has_no_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.Device(Device, 0x8086, 0x3e92, 0x030000).Driver("i915").Drm(0, hasMonitor: false);

        Assert.Empty(host.Uses(Device, out IReadOnlyList<UnknownFact> unknown));
        Assert.Empty(unknown);
    }

    [Fact]
    public void The_kernel_may_say_itself_which_display_it_started_with()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder display = host.Device(Device, 0x8086, 0x3e92, 0x038000).Driver("i915").Drm(0, hasMonitor: false);
        _ = host.Text($"{display.Folder}/drm/card0/boot_display", "1");

        Assert.Equal("card0 is the display that the host started with", Assert.Single(host.Uses(Device)).Description);
    }

    [Fact]
    public void Keyboard_and_sound_are_missed()
    {
        using var host = new HostTreeBuilder();
        _ = host.Device("0000:00:14.0", 0x8086, 0xa36d, 0x0c0330).Driver("xhci_hcd").Keyboard();
        _ = host.Device("0000:00:1f.3", 0x8086, 0xa348, 0x040300).Driver("snd_hda_intel").Sound(1);
        _ = host.Process(1, "systemd-logind", "/dev/input/event5").Process(2, "pipewire", "/dev/snd/controlC1");

        IReadOnlyList<FunctionUse> keyboard = host.Uses("0000:00:14.0");
        IReadOnlyList<FunctionUse> sound = host.Uses("0000:00:1f.3");

        Assert.Equal(["process 1 (systemd-logind) has /dev/input/event5 open", "a keyboard (Logitech USB Keyboard) is on it"], keyboard.Descriptions());
        Assert.Equal(["process 2 (pipewire) has /dev/snd/controlC1 open", "the sound card card1 is on it"], sound.Descriptions());
        Assert.All(keyboard.Concat(sound), static use => Assert.False(use.IsCritical));
    }

    [Fact]
    public void Handlers_tell_keyboards_and_mice_from_other_input()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder usb = host.Device("0000:00:14.0", 0x8086, 0xa36d, 0x0c0330).Driver("xhci_hcd");
        _ = host.Also(tree =>
        {
            tree.Folder($"{usb.Folder}/usb1/1-1/input/input3");
            tree.Folder($"{usb.Folder}/usb1/1-1/input/input4/mouse0");
            tree.Folder($"{usb.Folder}/usb1/1-1/input/input5");
        }).Text("/proc/bus/input/devices", """
            I: Bus=0003 Vendor=046d Product=c31c Version=0110
            N: Name="A Keyboard"
            S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/input/input3
            H: Handlers=sysrq kbd event3 leds

            N: Name="A Mouse"
            S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/input/input4
            H: Handlers=mouse0 event4

            N: Name="A Jack"
            S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/input/input5
            H: Handlers=event5
            """);

        Assert.Equal(["a keyboard (A Keyboard) is on it", "a mouse (A Mouse) is on it"], host.Uses("0000:00:14.0").Descriptions());
    }

    [Fact]
    public void A_serial_port_that_carries_the_console_is_missed_and_its_getty_is_not_critical()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder serial = host.Device("0000:00:16.3", 0x8086, 0xa363, 0x070002).Driver("serial");
        _ = host.Also(tree => tree.Text($"{serial.Folder}/0000:00:16.3:0/0000:00:16.3:0.0/tty/ttyS4/dev", "4:68"))
            .Text("/proc/consoles", "tty0                 -WU (EC  p  )    4:7\nttyS4                -W- (E   p a)    4:68")
            .Process(600, "agetty", "/dev/ttyS4");

        IReadOnlyList<FunctionUse> uses = host.Uses("0000:00:16.3");

        Assert.Equal(["process 600 (agetty) has /dev/ttyS4 open", "the host's console is on its serial port ttyS4"], uses.Descriptions());
        Assert.All(uses, static use => Assert.Equal((UseKind.Console, false), (use.Kind, use.IsCritical)));
    }

    [Theory]
    [InlineData(0x060000, "0000:00:00.0 is the host's host bridge")]
    [InlineData(0x060100, "0000:00:00.0 is the host's ISA or LPC bridge, with the driver lpc_ich")]
    [InlineData(0x0c0500, "0000:00:00.0 is the host's SMBus controller, with the driver lpc_ich")]
    public void The_chipset_on_a_root_bus_is_critical(int type, string description)
    {
        using var host = new HostTreeBuilder();
        _ = host.Device("0000:00:00.0", 0x8086, 0x3ec2, type).Driver(type == 0x060000 ? null : "lpc_ich");

        FunctionUse use = Assert.Single(host.Uses("0000:00:00.0"));

        Assert.Equal((UseKind.Chipset, true, description), (use.Kind, use.IsCritical, use.Description));
    }

    [Fact]
    public void Behind_a_bridge_it_is_a_cards_own()
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x8086, 0x3ec2, 0x060100);
        _ = host.Device(Device, 0x8086, 0x1, 0x088000);

        Assert.Empty(host.Uses("0000:01:00.0"));
        Assert.Empty(host.Uses(Device));
    }
}
