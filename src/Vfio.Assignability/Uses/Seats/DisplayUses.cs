using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds what a function shows to somebody who sits in front of the host.</summary>
internal static class DisplayUses
{
    /// <summary>The class of displays, as the highest byte of the class code (PCI Code and ID Assignment Specification).</summary>
    public const uint DisplayClass = 0x03;

    public static IEnumerable<FunctionUse> Find(HostTree tree, FunctionDevices devices)
    {
        var reasons = new List<(string Text, Evidence Evidence)>();
        HostFact<string> bootVga = devices.Function.Attribute("boot_vga");
        if (bootVga.Value?.Trim() == "1")
        {
            reasons.Add(("the firmware shows its screens on it", Evidence.Of(bootVga)));
        }

        foreach (ClassDevice device in devices.InClass("drm"))
        {
            if (Connector(tree, device) is { } reason)
            {
                reasons.Add(reason);
            }
        }

        foreach (ClassDevice device in devices.InClass("graphics").Where(static device => TextConsoles.IsFrameBuffer(device.Name)))
        {
            HostFact<string> name = tree.ReadText($"{device.Folder}/name");
            reasons.Add(($"the frame buffer {device.Name} is on it", name.IsKnown ? Evidence.Of(name) : new Evidence(device.Folder, null)));
        }

        if (reasons.Count > 0)
        {
            yield return new FunctionUse(
                UseKind.Display, false, string.Join(", ", reasons.Select(static reason => reason.Text)), null, [.. reasons.Select(static reason => reason.Evidence)]);
        }
    }

    // A card such as card0, or a connector such as card0-HDMI-A-1.
    private static (string Text, Evidence Evidence)? Connector(HostTree tree, ClassDevice device)
    {
        int dash = device.Name.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            HostFact<string> boot = tree.ReadText($"{device.Folder}/boot_display");
            return boot.Value?.Trim() == "1" ? ($"{device.Name} is the display that the host started with", Evidence.Of(boot)) : null;
        }

        HostFact<string> status = tree.ReadText($"{device.Folder}/status");
        HostFact<string> enabled = tree.ReadText($"{device.Folder}/enabled");
        string name = device.Name[(dash + 1)..];
        return enabled.Value?.Trim() == "enabled" ? ($"its connector {name} shows a picture", Evidence.Of(enabled))
            : status.Value?.Trim() == "connected" ? ($"a monitor is connected to its {name}", Evidence.Of(status))
            : null;
    }
}
