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

        WriteNumbers("/sys/dev/block");
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
            if (writer.Source.IsFolder($"{path}/{name}"))
            {
                devices.AddEntry($"{path}/{name}");
            }
        }
    }

    // The console, and ports; those of virtual terminals say nothing.
    private bool IsWantedTerminal(string name) => name is "console" or "tty0" || writer.Source.Exists($"/sys/class/tty/{name}/device");

    private void WriteNumbers(string path)
    {
        foreach (string name in writer.Source.Names(path))
        {
            _ = writer.Link($"{path}/{name}");
        }
    }

    // A file system of btrfs is on more than the device that is mounted.
    private void WriteFileSystems()
    {
        const string Btrfs = "/sys/fs/btrfs";
        foreach (string id in writer.Source.Names(Btrfs).Where(OrdinaryNames.IsUnique))
        {
            foreach (string name in writer.Folder($"{Btrfs}/{id}/devices"))
            {
                _ = writer.Link($"{Btrfs}/{id}/devices/{name}");
            }
        }
    }
}
