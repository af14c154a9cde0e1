using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What is mounted from, and swapped to, which block device.</summary>
internal sealed class StorageUsers
{
    private readonly Dictionary<string, List<Mount>> _mounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Swap>> _swaps = new(StringComparer.Ordinal);
    private readonly BlockMap _map;
    private readonly HashSet<string>[] _pools;
    private List<Mount> _unplacedMounts;
    private List<Swap> _unplacedSwaps;
    private int _known;

    public StorageUsers(BlockMap map)
    {
        _map = map;
        _pools = BtrfsPools(map.Tree);
        _unplacedMounts = MountTables.Read(map.Tree, out UnknownFact? mountProblem);
        _unplacedSwaps = Swap.ReadAll(map.Tree, out UnknownFact? swapProblem);
        Problems = [.. new[] { mountProblem, swapProblem }.OfType<UnknownFact>()];
        Place();
    }

    /// <summary>The tables that could not be read.</summary>
    public IReadOnlyList<UnknownFact> Problems { get; }

    /// <summary>What is mounted or swapped to, while nothing tells from which disk. It may be any that has no other use.</summary>
    public IEnumerable<UnknownFact> Unplaced => _unplacedMounts.Select(static mount => mount.Type == MountSources.Zfs
            ? new UnknownFact($"which disks the ZFS pool {PlainText.Of(mount.Source.Split('/')[0])} is on", mount.Line.Path, "the kernel does not say which disks a pool is made of", Verdict.No)
            : new UnknownFact($"which disk {PlainText.Of(mount.Source)} is on, which is mounted at {PlainText.Of(mount.Point)}", mount.Line.Path, "no block device in /sys has this name or number", Turns(mount.Source)))
        .Concat(_unplacedSwaps.Select(static swap
            => new UnknownFact($"which disk {PlainText.Of(swap.Source)} is on, which the host swaps to", swap.Line.Path, "no block device in /sys has this name", Turns(swap.Source))));

    /// <summary>What is mounted from a device.</summary>
    public IReadOnlyList<Mount> MountsOf(string name) => _mounts.TryGetValue(name, out List<Mount>? mounts) ? mounts : [];

    /// <summary>The swap on a device.</summary>
    public IReadOnlyList<Swap> SwapsOf(string name) => _swaps.TryGetValue(name, out List<Swap>? swaps) ? swaps : [];

    /// <summary>Looks again for what had no place, if more block devices are known by now.</summary>
    public void Update()
    {
        if (_map.Count != _known)
        {
            Place();
        }
    }

    // Another disk's name is no doubt about this one; a name that stands for any disk is.
    private static Verdict? Turns(string source)
        => source.StartsWith("/dev/", StringComparison.Ordinal) && source != "/dev/root" && !source.StartsWith("/dev/disk/", StringComparison.Ordinal) ? null : Verdict.No;

    private static void Add<T>(Dictionary<string, List<T>> users, string name, T user)
    {
        if (!users.TryGetValue(name, out List<T>? all))
        {
            all = [];
            users.Add(name, all);
        }

        all.Add(user);
    }

    // A file system on several disks shows one of them in the table.
    private static HashSet<string>[] BtrfsPools(HostTree tree)
        => [.. tree.Folders("/sys/fs/btrfs").Select(id => tree.Names($"/sys/fs/btrfs/{id}/devices").ToHashSet(StringComparer.Ordinal)).Where(static pool => pool.Count > 0)];

    private void Place()
    {
        _known = _map.Count;
        _unplacedMounts = [.. _unplacedMounts.Where(mount => !TryPlace(mount) && MountSources.IsOnDisk(mount))];
        _unplacedSwaps = [.. _unplacedSwaps.Where(swap => !TryPlace(swap))];
    }

    private bool TryPlace(Mount mount)
    {
        HashSet<string> names = MountSources.Find(_map, mount);
        foreach (HashSet<string> pool in _pools.Where(pool => pool.Overlaps(names)).ToList())
        {
            names.UnionWith(pool);
        }

        foreach (string name in names)
        {
            Add(_mounts, name, mount);
        }

        return names.Count > 0;
    }

    private bool TryPlace(Swap swap)
    {
        if (BlockSources.Find(_map, swap.Source) is not { } name)
        {
            return !swap.IsOnDisk;
        }

        Add(_swaps, name, swap);
        return true;
    }
}
