namespace Vfio.Assignability;

/// <summary>Captures the classes of devices that a host is used through: disks, networks, displays, sound, input, consoles.</summary>
internal sealed class ClassCapture(CaptureWriter writer, DeviceCapture devices)
{
    private static readonly string[] _classes =
    [
        "accel", "block", "drm", "graphics", "input", "iommu", "mdev_bus", "net", "nvme", "nvme-subsystem", "sound", "tpm", "vfio", "vfio-dev",
        "vtconsole", "watchdog",
    ];

    public void Write()
    {
        foreach (string name in _classes)
        {
            WriteEntries($"/sys/class/{name}");
        }

        WriteEntries("/sys/block");
        _ = writer.Folder("/sys/class/tty");
        foreach (string name in writer.Source.Names("/sys/class/tty").Where(IsWantedTerminal))
        {
            devices.AddEntry($"/sys/class/tty/{name}");
        }

        const string Platform = "/sys/bus/platform/devices";
        foreach (string name in writer.Source.Names(Platform).Where(static name => name.Contains("framebuffer", StringComparison.Ordinal)))
        {
            devices.AddEntry($"{Platform}/{name}");
        }

        WriteLinks("/sys/dev/block", string.Empty);
        WriteFileSystems();
    }

    private void WriteEntries(string path)
    {
        if (!writer.Source.IsFolder(path))
        {
            return;
        }

        foreach (string name in writer.Folder(path))
        {
            // Some classes have switches of their own beside the devices.
            if (writer.Source.ReadLink($"{path}/{name}").IsKnown || writer.Source.IsFolder($"{path}/{name}"))
            {
                devices.AddEntry($"{path}/{name}");
            }
        }
    }

    // The console, and ports; those of virtual terminals say nothing.
    private bool IsWantedTerminal(string name) => name is "console" or "tty0" || writer.Source.Exists($"/sys/class/tty/{name}/device");

    private void WriteLinks(string path, string start)
    {
        foreach (string name in writer.Folder(path).Where(name => name.StartsWith(start, StringComparison.Ordinal)))
        {
            _ = writer.Link($"{path}/{name}");
        }
    }

    // Of what is on several devices, the table of mounts names one.
    private void WriteFileSystems()
    {
        foreach (string id in writer.Source.Names(PrivateNames.BtrfsPath).Where(OrdinaryNames.IsUnique))
        {
            WriteLinks($"{PrivateNames.BtrfsPath}/{id}/devices", string.Empty);
        }

        foreach (string id in writer.Source.Names(PrivateNames.BcachePath).Where(OrdinaryNames.IsUnique))
        {
            WriteLinks($"{PrivateNames.BcachePath}/{id}", "bdev");
            WriteLinks($"{PrivateNames.BcachePath}/{id}", "volume");
        }
    }
}
