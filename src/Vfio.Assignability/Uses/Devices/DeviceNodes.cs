using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The nodes of devices in <c>/dev</c>.</summary>
internal static class DeviceNodes
{
    private const string NameKey = "DEVNAME=";

    /// <summary>A device's node, such as <c>/dev/dri/card0</c>; null where it has none.</summary>
    public static string? Of(HostTree tree, ClassDevice device)
    {
        if (device.Class is "net")
        {
            return null;
        }

        string? text = tree.ReadText($"{device.Folder}/uevent").Value;
        foreach (string line in (text ?? string.Empty).Split('\n'))
        {
            if (line.StartsWith(NameKey, StringComparison.Ordinal) && line.Length > NameKey.Length)
            {
                return $"/dev/{line[NameKey.Length..]}";
            }
        }

        return text is null || tree.Exists($"{device.Folder}/dev") ? Usual(device) : null;
    }

    /// <summary>What the node of a block device is called. A slash is an exclamation mark in sysfs.</summary>
    public static string OfBlock(string name) => $"/dev/{name.Replace('!', '/')}";

    // Where the device's folder is not there, or does not tell.
    private static string? Usual(ClassDevice device) => device.Class switch
    {
        "block" => OfBlock(device.Name),
        "drm" => device.Name.Contains('-', StringComparison.Ordinal) ? null : $"/dev/dri/{device.Name}",
        "accel" => $"/dev/accel/{device.Name}",
        "sound" => device.Name.StartsWith("card", StringComparison.Ordinal) ? null : $"/dev/snd/{device.Name}",
        "input" => device.Name.StartsWith("input", StringComparison.Ordinal) ? null : $"/dev/input/{device.Name}",
        "infiniband_verbs" or "infiniband_mad" or "infiniband_cm" => $"/dev/infiniband/{device.Name}",
        "graphics" => device.Name == "fbcon" ? null : $"/dev/{device.Name}",
        "vfio-dev" => $"/dev/vfio/devices/{device.Name}",
        "scsi_generic" => $"/dev/{device.Name}",
        "nvme" or "nvme-generic" or "tty" or "misc" or "hidraw" or "watchdog" or "tpm" or "tpmrm" or "mei" or "video4linux"
            or "usbmisc" or "i2c-dev" or "vfio" or "uio" or "ptp" or "rtc" or "dax" => $"/dev/{device.Name}",
        _ => null,
    };
}
