namespace Vfio.Assignability;

/// <summary>Finds the block device behind what mounts, swaps and command lines call it.</summary>
internal static class BlockSources
{
    private const string Nodes = "/dev/";
    private const string PartitionId = "PARTUUID=";

    // A node's links are one or two deep.
    private const int MaxLinks = 8;

    /// <summary>The device's name in sysfs, or null where no device that is known has this node.</summary>
    public static string? Find(BlockMap map, string source)
    {
        for (int i = 0; i < MaxLinks; i++)
        {
            if (!source.StartsWith(Nodes, StringComparison.Ordinal) || source.Contains('\0', StringComparison.Ordinal))
            {
                return null;
            }

            if (ByName(map, source[Nodes.Length..]) is { } name)
            {
                return name;
            }

            if (map.Tree.ReadLink(source).Value is not { } target)
            {
                return null;
            }

            source = SysfsPath.Follow(source, target);
        }

        return null;
    }

    /// <summary>The device that the kernel was told to mount as its root (<c>root=</c> in <c>/proc/cmdline</c>), or null.</summary>
    public static string? Root(BlockMap map)
    {
        const string Key = "root=";
        string? root = map.Tree.ReadText("/proc/cmdline").Value?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(static option => option.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
        return root is null ? null
            : !root.StartsWith(PartitionId, StringComparison.OrdinalIgnoreCase) ? Find(map, root)
            : map.Names.FirstOrDefault(name => map.Tree.ReadText($"{map.FolderOf(name)}/uevent").Value?
                .Split('\n')
                .Any(line => line.Equals(root, StringComparison.OrdinalIgnoreCase)) == true);
    }

    private static string? ByName(BlockMap map, string node)
    {
        string name = node.Replace('/', '!');
        if (map.Has(name))
        {
            return name;
        }

        string[] parts = node.Split('/');
        return parts is not [var folder, var last] ? null
            : folder == "mapper" ? map.WithMapperName(last)
            : folder == "md" && map.Has($"md{last}") ? $"md{last}"
            : map.WithMapperName(BlockNames.MapperName(folder, last));
    }
}
