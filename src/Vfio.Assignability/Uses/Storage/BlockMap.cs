using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The block devices of a host: their numbers, and which of them are made of which.</summary>
/// <remarks>Reads of a device only what it is asked for, and once.</remarks>
internal sealed class BlockMap(HostTree tree, ClassIndex index)
{
    private readonly Dictionary<string, string> _folders = index.InClass(ClassIndex.Block)
        .ToDictionary(static pair => pair.Key, static pair => pair.Value.Folder, StringComparer.Ordinal);

    private readonly Dictionary<string, string?> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _above = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _mapperNames;
    private Dictionary<string, string>? _byNumber;
    private ILookup<string, string>? _madeOf;

    /// <summary>The host.</summary>
    public HostTree Tree => tree;

    /// <summary>The names of all that are known.</summary>
    public IEnumerable<string> Names => _folders.Keys;

    /// <summary>How many are known. It grows where the host's classes do not list what is in a function's folder.</summary>
    public int Count => _folders.Count;

    /// <summary>Adds what was found in a function's folder.</summary>
    public void Add(ClassDevice device)
    {
        if (_folders.TryAdd(device.Name, device.Folder))
        {
            _byNumber = null;
            _mapperNames = null;
        }
    }

    /// <summary>Whether the host has a block device of this name.</summary>
    public bool Has(string name) => _folders.ContainsKey(name);

    /// <summary>Where the device describes itself.</summary>
    public string FolderOf(string name) => _folders.GetValueOrDefault(name) ?? $"/sys/class/block/{name}";

    /// <summary>The number that mounts show, such as <c>259:2</c>, or null.</summary>
    public string? NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out string? number))
        {
            number = tree.ReadText($"{FolderOf(name)}/dev").Value?.Trim();
            _numbers.Add(name, number);
        }

        return number;
    }

    /// <summary>The device of a number, or null.</summary>
    public string? WithNumber(string number)
    {
        if (tree.LinkName($"/sys/dev/block/{number}").Value is { } name)
        {
            return name;
        }

        if (_byNumber is null)
        {
            _byNumber = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string other in Names)
            {
                if (NumberOf(other) is { Length: > 0 } known)
                {
                    _ = _byNumber.TryAdd(known, other);
                }
            }
        }

        return _byNumber.GetValueOrDefault(number);
    }

    /// <summary>The name that the device mapper's user gave to a device, or null.</summary>
    public string? MapperNameOf(string name)
        => name.StartsWith("dm-", StringComparison.Ordinal) ? tree.ReadText($"{FolderOf(name)}/dm/name").Value?.Trim() : null;

    /// <summary>The device mapper's device of a name, or null.</summary>
    public string? WithMapperName(string mapperName)
    {
        if (_mapperNames is null)
        {
            _mapperNames = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string name in Names)
            {
                if (MapperNameOf(name) is { Length: > 0 } known)
                {
                    _ = _mapperNames.TryAdd(known, name);
                }
            }
        }

        return _mapperNames.GetValueOrDefault(mapperName);
    }

    /// <summary>What is made of a device: partitions, holders, and whatever says that it is made of it.</summary>
    public IReadOnlyList<string> Above(string name)
    {
        if (!_above.TryGetValue(name, out IReadOnlyList<string>? above))
        {
            _madeOf ??= BlockLayers.Read(this, index);
            IEnumerable<string> heads = BlockNames.HeadOf(name) is { } head ? [head] : [];
            above = [.. heads
                .Concat(_madeOf[name])
                .Concat(tree.Names($"{FolderOf(name)}/holders"))
                .Concat(BlockLayers.Cached(this, name))
                .Distinct(StringComparer.Ordinal)];
            _above.Add(name, above);
        }

        return above;
    }
}
