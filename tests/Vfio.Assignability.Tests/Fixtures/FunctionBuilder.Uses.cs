using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>What hangs on a function: disks, network interfaces, displays, sound, keyboards.</content>
internal sealed partial class FunctionBuilder
{
    /// <summary>An NVMe controller with one namespace and its partitions, such as <c>nvme0n1p1</c>.</summary>
    public FunctionBuilder Nvme(int number, params string[] partitions) => Under(tree =>
    {
        string controller = string.Create(CultureInfo.InvariantCulture, $"nvme{number}");
        tree.LinkTo($"/sys/class/nvme/{controller}", $"{Folder}/nvme/{controller}");
        tree.Text($"{Folder}/nvme/{controller}/dev", string.Create(CultureInfo.InvariantCulture, $"240:{number}"));
        tree.Text($"/dev/{controller}", string.Empty);
        Host.WriteBlock(tree, $"{Folder}/nvme/{controller}", $"{controller}n1", partitions);
    });

    /// <summary>A disk of an AHCI or SCSI controller and its partitions, such as <c>sda1</c>.</summary>
    public FunctionBuilder Disk(string name, params string[] partitions)
        => Under(tree => Host.WriteBlock(tree, $"{Folder}/ata1/host0/target0:0:0/0:0:0:0/block", name, partitions));

    /// <summary>A network interface.</summary>
    public FunctionBuilder Network(string name) => Under(tree =>
    {
        HostTreeBuilder.WriteNetwork(tree, $"{Folder}/net/{name}");
        tree.LinkTo($"{Folder}/net/{name}/device", Folder);
    });

    /// <summary>A graphics card of the kernel's, with a connector that has a monitor or not.</summary>
    public FunctionBuilder Drm(int card, bool hasMonitor = true) => Under(tree =>
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"card{card}");
        string folder = $"{Folder}/drm/{name}";
        WriteClass(tree, "drm", folder, string.Create(CultureInfo.InvariantCulture, $"226:{card}"), $"dri/{name}");
        tree.LinkTo($"{folder}/device", Folder);
        WriteClass(tree, "drm", $"{folder}/{name}-HDMI-A-1", null, null);
        tree.Text($"{folder}/{name}-HDMI-A-1/status", hasMonitor ? "connected" : "disconnected");
        tree.Text($"{folder}/{name}-HDMI-A-1/enabled", hasMonitor ? "enabled" : "disabled");
        string render = string.Create(CultureInfo.InvariantCulture, $"renderD{128 + card}");
        WriteClass(tree, "drm", $"{Folder}/drm/{render}", string.Create(CultureInfo.InvariantCulture, $"226:{128 + card}"), $"dri/{render}");
    });

    /// <summary>A frame buffer that carries the console.</summary>
    public FunctionBuilder FrameBuffer(int number) => Under(tree =>
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"fb{number}");
        WriteClass(tree, "graphics", $"{Folder}/graphics/{name}", string.Create(CultureInfo.InvariantCulture, $"29:{number}"), name);
        tree.LinkTo($"{Folder}/graphics/{name}/device", Folder);
        tree.Text("/sys/devices/virtual/vtconsole/vtcon1/name", "(M) frame buffer device");
        tree.Text("/sys/devices/virtual/vtconsole/vtcon1/bind", "1");
        tree.LinkTo("/sys/class/vtconsole/vtcon1", "/sys/devices/virtual/vtconsole/vtcon1");
    });

    /// <summary>A sound card.</summary>
    public FunctionBuilder Sound(int card) => Under(tree =>
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"card{card}");
        WriteClass(tree, "sound", $"{Folder}/sound/{name}", null, null);
        tree.LinkTo($"{Folder}/sound/{name}/device", Folder);
        string control = string.Create(CultureInfo.InvariantCulture, $"controlC{card}");
        WriteClass(tree, "sound", $"{Folder}/sound/{name}/{control}", string.Create(CultureInfo.InvariantCulture, $"116:{card}"), $"snd/{control}");
    });

    /// <summary>A USB controller with a keyboard on it.</summary>
    public FunctionBuilder Keyboard() => Under(tree =>
    {
        string input = $"{Folder}/usb1/1-2/1-2:1.0/0003:046D:C31C.0001/input/input5";
        WriteClass(tree, "input", input, null, null);
        tree.Text($"{input}/name", "Logitech USB Keyboard");
        tree.Text($"{input}/capabilities/ev", "120013");
        tree.Text($"{input}/capabilities/key", "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe");
        WriteClass(tree, "input", $"{input}/event5", "13:69", "input/event5");
        tree.LinkTo($"{input}/event5/device", input);
    });

    /// <summary>Files beneath the function's folder, once it is written.</summary>
    public FunctionBuilder Under(Action<TreeFolder> write)
    {
        _ = Host.Also(write);
        return this;
    }

    private static void WriteClass(TreeFolder tree, string cls, string folder, string? number, string? node)
    {
        tree.Folder(folder);
        tree.LinkTo($"/sys/class/{cls}/{Path.GetFileName(folder)}", folder);
        tree.LinkTo($"{folder}/subsystem", $"/sys/class/{cls}");
        if (number is not null)
        {
            tree.Text($"{folder}/dev", number);
            tree.LinkTo($"/sys/dev/char/{number}", folder);
            tree.Text($"{folder}/uevent", $"DEVNAME={node}");
            tree.Text($"/dev/{node}", string.Empty);
        }
    }
}
