namespace Vfio.Assignability;

/// <summary>Finds the block devices that a file system is mounted from.</summary>
internal static class MountSources
{
    /// <summary>The file system that tells of its pool, and not of its disks.</summary>
    public const string Zfs = "zfs";

    /// <summary>The names of all devices, by what the table calls them and by number; none where nothing that is known fits.</summary>
    public static HashSet<string> Find(BlockMap map, Mount mount)
    {
        var names = mount.Sources.Select(source => BlockSources.Find(map, source)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (mount.HasNumber && map.WithNumber(mount.Number!) is { } numbered)
        {
            _ = names.Add(numbered);
        }

        if (names.Count == 0 && mount.Source == "/dev/root" && BlockSources.Root(map) is { } root)
        {
            _ = names.Add(root);
        }

        return names;
    }

    /// <summary>Whether it must be on some disk, though nothing may tell which.</summary>
    public static bool IsOnDisk(Mount mount)
        => mount.Type == Zfs
            || mount.HasNumber
            || (mount.Source.StartsWith("/dev/", StringComparison.Ordinal) && mount.Type != "fuse" && !mount.Type.StartsWith("fuse.", StringComparison.Ordinal));
}
