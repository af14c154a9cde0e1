using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds everything that drivers offer in a function's folder.</summary>
internal static class SysfsWalk
{
    // More than the deepest hub, disk or card needs, and more devices than a function has.
    private const int MaxDepth = 32;
    private const int MaxFolders = 50_000;

    // Folders of attributes and queues: they have no devices in them, but may be very many.
    private static readonly HashSet<string> Attributes = new(StringComparer.Ordinal)
    {
        "power", "mq", "queue", "queues", "statistics", "msi_irqs", "trace", "integrity", "holders", "slaves", "iommu", "link",
        "mdev_supported_types", "resource", "p2pmem", "gt", "hw_counters", "phy_counters", "gids", "gid_attrs", "pkeys",
    };

    // What a folder of devices is called where the devices themselves do not say what they are.
    private static readonly HashSet<string> ClassFolders = new(StringComparer.Ordinal)
    {
        "block", "net", "drm", "graphics", "tty", "input", "sound", "nvme", "hidraw", "infiniband_verbs", "infiniband_mad", "misc",
        "video4linux", "watchdog", "tpm", "usbmisc", "i2c-dev", "mei", "accel", "scsi_generic", "vfio-dev",
    };

    /// <summary>The devices in a folder at any depth. No link is followed.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="folder">The function's folder.</param>
    /// <param name="isOwnOnly">Whether other functions' folders are left out.</param>
    /// <param name="isComplete">Whether everything was looked at.</param>
    public static List<ClassDevice> Below(HostTree tree, string folder, bool isOwnOnly, out bool isComplete)
    {
        var found = new List<ClassDevice>();
        var waiting = new Queue<(string Folder, string? Class, int Depth)>([(folder, null, 0)]);
        int seen = 0;
        isComplete = true;
        while (waiting.TryDequeue(out (string Folder, string? Class, int Depth) next))
        {
            foreach (string name in tree.Folders(next.Folder))
            {
                if (Attributes.Contains(name) || (isOwnOnly && IsOther(name)))
                {
                    continue;
                }

                if (++seen > MaxFolders || next.Depth == MaxDepth)
                {
                    isComplete = false;
                    return found;
                }

                string path = $"{next.Folder}/{name}";
                string? className = ClassOf(tree, path, name, next.Class);
                if (className is not null)
                {
                    found.Add(new ClassDevice(className, name, path, path));
                }

                waiting.Enqueue((path, className, next.Depth + 1));
            }
        }

        return found;
    }

    private static string? ClassOf(HostTree tree, string path, string name, string? parentClass)
        => tree.LinkName($"{path}/subsystem").Value
            ?? (ClassFolders.Contains(SysfsPath.ParentName(path)) ? SysfsPath.ParentName(path)
                : parentClass == ClassIndex.Block && tree.Exists($"{path}/partition") ? ClassIndex.Block
                : BlockNames.IsNamespace(name) ? ClassIndex.Block
                : null);

    private static bool IsOther(string name)
        => SysfsPath.Functions(name).Any() || (name.StartsWith("pci", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal));
}
