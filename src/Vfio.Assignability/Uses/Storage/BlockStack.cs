using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The block devices of one function, and everything that is made of them, at any depth.</summary>
internal sealed class BlockStack
{
    private const string Subsystems = "/sys/class/nvme-subsystem";

    private readonly BlockMap _map;
    private readonly Dictionary<string, string?> _below = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public BlockStack(BlockMap map, FunctionDevices devices)
    {
        _map = map;
        foreach (ClassDevice device in devices.InClass(ClassIndex.Block))
        {
            map.Add(device);
        }

        List<string> names = [.. devices.InClass(ClassIndex.Block).Select(static device => device.Name)];
        Own = [.. names.Concat(names.Select(BlockNames.HeadOf).OfType<string>()).Concat(Namespaces(map.Tree, devices)).Distinct(StringComparer.Ordinal)];
        Collect(Own, _below, _names);
    }

    /// <summary>The function's own devices, partitions included.</summary>
    public IReadOnlyList<string> Own { get; }

    /// <summary>All of them, from below.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>What a device is called in a report: by its mapper's name where it has one.</summary>
    public string NodeOf(string name) => _map.MapperNameOf(name) is { Length: > 0 } mapped ? $"/dev/mapper/{mapped}" : DeviceNodes.OfBlock(name);

    /// <summary>What a device is made of, down to the function's own, as the end of a sentence: <c>, which is on dm-0 on nvme0n1p3</c>; empty for the function's own.</summary>
    public string Chain(string name)
    {
        // That a partition is on its disk goes without saying.
        var names = new List<string>();
        string above = name;
        while (_below.GetValueOrDefault(above) is { } next && names.Count < _names.Count)
        {
            if (BlockNames.DiskOf(above) != next)
            {
                names.Add(next);
            }

            above = next;
        }

        return names.Count == 0 ? string.Empty : $", which is on {string.Join(" on ", names)}";
    }

    /// <summary>The function's disks of which nothing is used.</summary>
    public IEnumerable<string> Idle(IReadOnlySet<string> used)
    {
        foreach (string disk in Own.Where(name => !Own.Any(other => other != name && BlockNames.DiskOf(name) == other)))
        {
            var reached = new List<string>();
            Collect([disk, .. Own.Where(name => BlockNames.DiskOf(name) == disk)], new Dictionary<string, string?>(StringComparer.Ordinal), reached);
            if (!reached.Any(used.Contains))
            {
                yield return disk;
            }
        }
    }

    // Where a namespace may have several paths, it lies beneath a subsystem instead of the controller.
    private static IEnumerable<string> Namespaces(HostTree tree, FunctionDevices devices)
    {
        var controllers = devices.InClass("nvme").Select(static device => device.Name).ToHashSet(StringComparer.Ordinal);
        if (controllers.Count == 0)
        {
            yield break;
        }

        foreach (string subsystem in tree.Names(Subsystems))
        {
            IReadOnlyList<string> entries = tree.Names($"{Subsystems}/{subsystem}");
            if (entries.Any(controllers.Contains))
            {
                foreach (string head in entries.Where(BlockNames.IsNamespace))
                {
                    yield return head;
                }
            }
        }
    }

    private void Collect(IReadOnlyList<string> roots, Dictionary<string, string?> below, List<string> names)
    {
        var waiting = new Queue<string>();
        foreach (string root in roots)
        {
            if (below.TryAdd(root, null))
            {
                waiting.Enqueue(root);
            }
        }

        while (waiting.TryDequeue(out string? name))
        {
            names.Add(name);
            foreach (string above in _map.Above(name))
            {
                if (below.TryAdd(above, name))
                {
                    waiting.Enqueue(above);
                }
            }
        }
    }
}
