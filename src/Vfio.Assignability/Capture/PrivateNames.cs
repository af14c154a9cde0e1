using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>
/// Puts numbers in the place of names that somebody chose, the same number wherever the name stands. What has such a number
/// already keeps it, so that a captured tree gives itself again.
/// </summary>
internal sealed class PrivateNames
{
    /// <summary>The folder of all file systems of btrfs, by UUID.</summary>
    public const string BtrfsPath = "/sys/fs/btrfs";

    /// <summary>The folder of all sets of bcache, by UUID.</summary>
    public const string BcachePath = "/sys/fs/bcache";

    private const string BlockClass = "/sys/class/block";
    private const string DevPath = "/dev/";
    private const string MapperPath = "/dev/mapper/";

    private readonly HostTree _source;
    private readonly NumberedNames _interfaces = new("net");
    private readonly NumberedNames _blocks = new("blk");
    private readonly NumberedNames _mounts = new("/mnt/");
    private readonly NumberedNames _fileSystems = new("00000000-0000-0000-0000-", 12);
    private readonly NumberedNames _pools = new("pool");
    private readonly NumberedNames _others = new("other");
    private readonly Dictionary<string, string> _mapped = new(StringComparer.Ordinal);

    public PrivateNames(HostTree source)
    {
        _source = source;
        _interfaces.AddAll(source.Names("/sys/class/net").Where(static name => name != "bonding_masters" && !OrdinaryNames.IsInterface(name)));
        _blocks.AddAll(source.Names(BlockClass).Concat(source.Names("/sys/block")).Where(static name => !OrdinaryNames.IsBlock(name)));
        _fileSystems.AddAll(source.Names(BtrfsPath).Concat(source.Names(BcachePath)).Where(OrdinaryNames.IsUnique));
        foreach (string name in source.Names("/sys/block").Where(static name => name.StartsWith("dm-", StringComparison.Ordinal)))
        {
            if (source.ReadText($"/sys/block/{name}/dm/name").Value is { Length: > 0 } mapped)
            {
                _ = _mapped.TryAdd(mapped, name);
            }
        }
    }

    /// <summary>The devices of the device mapper, by their names.</summary>
    public IReadOnlyDictionary<string, string> Mapped => _mapped;

    /// <summary>An interface's name.</summary>
    public string Interface(string name) => OrdinaryNames.IsInterface(name) ? name : _interfaces.Of(name);

    /// <summary>The names of the interfaces that are not called by their own.</summary>
    public IEnumerable<string> HiddenInterfaces => _interfaces.Names;

    /// <summary>A block device's name.</summary>
    public string Block(string name) => _blocks.Find(name) ?? name;

    /// <summary>The last name of a path, as it is in the tree.</summary>
    public string NameOf(string path) => System.IO.Path.GetFileName(Path(path));

    /// <summary>A mount point.</summary>
    public string MountPoint(string path) => OrdinaryNames.IsMountPoint(path) ? path : _mounts.Of(path);

    /// <summary>A pool of disks, which has a name and no node.</summary>
    public string Pool(string name) => _pools.Of(name);

    /// <summary>The node that a file system or swap is on. Links to it, which are called after what is on it, are followed.</summary>
    public string Node(string path)
    {
        path = OctalText.Read(path);
        if (!path.StartsWith(DevPath, StringComparison.Ordinal))
        {
            return path;
        }

        string name = path[DevPath.Length..];
        return OrdinaryNames.IsBlock(name) || name == "root" ? path
            : _mapped.TryGetValue(path.StartsWith(MapperPath, StringComparison.Ordinal) ? path[MapperPath.Length..] : string.Empty, out string? mapped)
                ? MapperPath + mapped
            : _source.RealPath(path) is { } real && real != path && real.StartsWith(DevPath, StringComparison.Ordinal) ? Node(real)
            : DevPath + (_blocks.Find(name) ?? _others.Of(name));
    }

    /// <summary>A path of the host as one of the tree.</summary>
    public string Path(string path)
    {
        if (path.StartsWith(DevPath, StringComparison.Ordinal))
        {
            return path.StartsWith(MapperPath, StringComparison.Ordinal) ? Node(path) : DevPath + Block(path[DevPath.Length..]);
        }

        if (!path.StartsWith("/sys/", StringComparison.Ordinal) || (_interfaces.IsEmpty && _blocks.IsEmpty && _fileSystems.IsEmpty))
        {
            return path;
        }

        string[] names = path.Split('/');
        for (int i = 1; i < names.Length; i++)
        {
            names[i] = Component(names[i - 1], names[i], path);
        }

        return string.Join('/', names);
    }

    /// <summary>Whether a path is in a folder whose entries are called by UUIDs, which <see cref="Path"/> replaces.</summary>
    public static bool IsNamedByUuid(string path)
        => path.StartsWith(BtrfsPath, StringComparison.Ordinal) || path.StartsWith(BcachePath, StringComparison.Ordinal);

    /// <summary>The node that the kernel was told to mount as its root, in place of what it was told.</summary>
    public string? Root(string root)
    {
        const string PartitionId = "PARTUUID=";
        return root.StartsWith(DevPath, StringComparison.Ordinal) ? Node(root)
            : !root.StartsWith(PartitionId, StringComparison.OrdinalIgnoreCase) ? null
            : _source.Names(BlockClass).FirstOrDefault(name => IsCalled(name, root)) is { } found ? DevPath + Block(found)
            : null;
    }

    private bool IsCalled(string name, string partition) => TextLines.Of(_source.ReadText($"{BlockClass}/{name}/uevent").Value ?? string.Empty)
        .Any(line => line.Equals(partition, StringComparison.OrdinalIgnoreCase));

    private string Component(string folder, string name, string path)
    {
        const string Lower = "lower_";
        const string Upper = "upper_";
        return folder is "net" or "brif" ? _interfaces.Find(name) ?? name
            : name.StartsWith(Lower, StringComparison.Ordinal) ? Lower + Interface(name[Lower.Length..])
            : name.StartsWith(Upper, StringComparison.Ordinal) ? Upper + Interface(name[Upper.Length..])
            : IsNamedByUuid(path) ? _fileSystems.Find(name) ?? Block(name)
            : Block(name);
    }
}
