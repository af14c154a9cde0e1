namespace Vfio.Core;

/// <summary>The PCI of a host: its functions, groups and IOMMUs.</summary>
/// <remarks>A snapshot that fills itself as it is asked. Needs no privilege. Not thread-safe.</remarks>
public sealed class PciHost
{
    internal const string DevicesPath = "/sys/bus/pci/devices";

    private readonly Dictionary<string, IommuGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IommuUnit> _iommus = new(StringComparer.Ordinal);
    private Dictionary<PciAddress, PciFunction>? _functions;
    private IReadOnlyList<PciFunction>? _ordered;
    private ILookup<(uint Domain, byte Bus), PciFunction>? _buses;
    private Dictionary<(uint Domain, byte Bus), PciFunction>? _bridges;
    private ILookup<string, PciFunction>? _membership;
    private ILookup<PciFunction, PciFunction>? _behind;

    /// <summary>The PCI of this host, or of a captured one.</summary>
    public PciHost(HostTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        Tree = tree;
    }

    /// <summary>Where the facts come from.</summary>
    public HostTree Tree { get; }

    /// <summary>All functions, in order of address; none where the host has no PCI.</summary>
    public IReadOnlyList<PciFunction> Functions => _ordered ??= [.. ByAddress.Values.OrderBy(static function => function.Address)];

    /// <summary>All IOMMU groups, in order of their numbers. Groups of no-IOMMU mode are among them.</summary>
    public IReadOnlyList<IommuGroup> Groups =>
    [
        .. Tree.Names(Vfio.Core.IommuGroup.GroupsPath)
            .Where(HostText.IsDigits)
            .OrderBy(static id => id.Length)
            .ThenBy(static id => id, StringComparer.Ordinal)
            .Select(GroupOf),
    ];

    private Dictionary<PciAddress, PciFunction> ByAddress => _functions ??= ReadFunctions();

    /// <summary>The function at an address, or null.</summary>
    public PciFunction? Find(PciAddress address) => ByAddress.GetValueOrDefault(address);

    /// <summary>The function at an address.</summary>
    /// <exception cref="VfioException">The host has none there.</exception>
    public PciFunction Get(PciAddress address) => Find(address) ?? throw DeviceErrors.NoSuchDevice(address.ToString());

    /// <summary>The functions on one bus, in order of address.</summary>
    public IEnumerable<PciFunction> OnBus(uint domain, byte bus)
        => (_buses ??= Functions.ToLookup(static function => (function.Address.Domain, function.Address.Bus)))[(domain, bus)];

    internal IommuGroup GroupOf(string id)
    {
        if (!_groups.TryGetValue(id, out IommuGroup? group))
        {
            group = new IommuGroup(this, id);
            _groups.Add(id, group);
        }

        return group;
    }

    internal IommuUnit IommuOf(string name)
    {
        if (!_iommus.TryGetValue(name, out IommuUnit? unit))
        {
            unit = new IommuUnit(Tree, name);
            _iommus.Add(name, unit);
        }

        return unit;
    }

    /// <summary>The functions whose own link says that they are in a group.</summary>
    internal IEnumerable<PciFunction> LinkedTo(string group)
        => (_membership ??= Functions.Where(static function => function.GroupLink.IsKnown).ToLookup(static function => function.GroupLink.Value!, StringComparer.Ordinal))[group];

    /// <summary>The bridge that a bus is right behind, by the numbers that bridges have, or null.</summary>
    internal PciFunction? BridgeTo(uint domain, byte bus)
    {
        if (_bridges is null)
        {
            _bridges = [];
            foreach (PciFunction function in Functions)
            {
                if (function.SecondaryBus is { } behind)
                {
                    _ = _bridges.TryAdd((function.Address.Domain, behind), function);
                }
            }
        }

        return _bridges.GetValueOrDefault((domain, bus));
    }

    internal IReadOnlyList<PciFunction> BehindBridge(PciFunction bridge)
    {
        _behind ??= Functions.Where(static function => (function.Upstream ?? function.DomainOwner) is not null)
            .ToLookup(static function => (function.Upstream ?? function.DomainOwner)!);
        var found = new SortedSet<PciFunction>(Comparer<PciFunction>.Create(static (left, right) => left.Address.CompareTo(right.Address)));
        var waiting = new Queue<PciFunction>([bridge]);
        while (waiting.TryDequeue(out PciFunction? next))
        {
            foreach (PciFunction function in _behind[next])
            {
                // Numbers of buses may go in circles, where they are all that there is.
                if (function != bridge && found.Add(function))
                {
                    waiting.Enqueue(function);
                }
            }
        }

        return [.. found];
    }

    /// <summary>Where a function's link says that it lies, though nothing may be there.</summary>
    internal string? LinkedPath(PciFunction function)
    {
        if (Tree.ReadLink(function.Path).Value is not { } target)
        {
            return null;
        }

        string path = target.StartsWith('/') ? target : System.IO.Path.GetFullPath($"{DevicesPath}/{target}");
        return path;
    }

    private Dictionary<PciAddress, PciFunction> ReadFunctions()
    {
        var found = new Dictionary<PciAddress, PciFunction>();
        foreach (string name in Tree.Names(DevicesPath))
        {
            // A name that is not as the kernel writes it is none of the kernel's.
            if (PciAddress.TryParse(name, out PciAddress address) && address.ToString() == name)
            {
                found.Add(address, new PciFunction(this, address));
            }
        }

        return found;
    }
}
