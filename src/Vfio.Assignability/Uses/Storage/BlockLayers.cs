namespace Vfio.Assignability;

/// <summary>Which block devices say that they are made of others.</summary>
internal static class BlockLayers
{
    /// <summary>For each device what is made of it, by what the upper one says.</summary>
    public static ILookup<string, string> Read(BlockMap map, ClassIndex index)
    {
        var layers = new List<(string Below, string Above)>();
        foreach (ClassDevice device in index.InClass(ClassIndex.Block).Values)
        {
            AddPartition(map, device, layers);
            if (device.IsVirtual)
            {
                layers.AddRange(map.Tree.Names($"{device.Folder}/slaves").Select(below => (below, device.Name)));
                AddFile(map, device, "loop/backing_file", layers);
                AddFile(map, device, "backing_dev", layers);
            }
        }

        return layers.ToLookup(static layer => layer.Below, static layer => layer.Above, StringComparer.Ordinal);
    }

    /// <summary>What bcache has made of a device, which may be a disk or a cache for several (<c>/sys/fs/bcache</c>).</summary>
    public static IEnumerable<string> Cached(BlockMap map, string name)
    {
        string folder = $"{map.FolderOf(name)}/bcache";
        if (map.Tree.LinkName($"{folder}/dev").Value is { } cached)
        {
            yield return cached;
        }

        if (map.Tree.LinkName($"{folder}/set").Value is not { } id)
        {
            yield break;
        }

        string set = $"/sys/fs/bcache/{id}";
        foreach (string entry in map.Tree.Names(set))
        {
            string? disk = entry.StartsWith("bdev", StringComparison.Ordinal) ? map.Tree.LinkName($"{set}/{entry}/dev").Value
                : entry.StartsWith("volume", StringComparison.Ordinal) ? map.Tree.LinkName($"{set}/{entry}").Value
                : null;
            if (disk is not null)
            {
                yield return disk;
            }
        }
    }

    private static void AddPartition(BlockMap map, ClassDevice device, List<(string Below, string Above)> layers)
    {
        string parent = SysfsPath.ParentName(device.Folder);
        if (map.Has(parent))
        {
            layers.Add((parent, device.Name));
        }
        else if (parent == ClassIndex.Block && BlockNames.DiskOf(device.Name) is { } disk && map.Has(disk) && map.Tree.Exists($"{device.Folder}/partition"))
        {
            // The folder lies in the class itself, where the name is all there is.
            layers.Add((disk, device.Name));
        }
    }

    private static void AddFile(BlockMap map, ClassDevice device, string attribute, List<(string Below, string Above)> layers)
    {
        if (map.Tree.ReadText($"{device.Folder}/{attribute}").Value is { } file && BlockSources.Find(map, file.Trim()) is { } below)
        {
            layers.Add((below, device.Name));
        }
    }
}
