using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Which network interfaces are made of which: bridges of ports, bonds and teams of members, VLANs of what carries them.</summary>
internal sealed class InterfaceMap(HostTree tree, ClassIndex index)
{
    private const string Interfaces = "/sys/class/net";

    private readonly Dictionary<string, string> _folders = index.InClass("net").ToDictionary(static pair => pair.Key, static pair => pair.Value.Folder, StringComparer.Ordinal);
    private ILookup<string, (string Above, string Relation)>? _madeOf;

    /// <summary>Adds what was found in a function's folder; the folder there is as good as any.</summary>
    public void Add(ClassDevice device) => _folders[device.Name] = device.Folder;

    /// <summary>What is right above an interface, with what the lower one is to it.</summary>
    public IEnumerable<(string Above, string Relation)> Above(string name)
    {
        _madeOf ??= ReadLower();
        string folder = _folders.GetValueOrDefault(name) ?? $"{Interfaces}/{name}";
        var found = new List<(string Above, string Relation)>();
        if (tree.LinkName($"{folder}/brport/bridge").Value is { } bridge)
        {
            found.Add((bridge, "is a port"));
        }

        if (tree.LinkName($"{folder}/master").Value is { } master)
        {
            found.Add((master, tree.Exists($"{Interfaces}/{master}/bridge") ? "is a port" : "is a member"));
        }

        found.AddRange(_madeOf[name]);
        found.AddRange(WithPrefix(folder, "upper_").Select(static above => (above, "is the lower interface")));
        return found.DistinctBy(static pair => pair.Above, StringComparer.Ordinal);
    }

    private IEnumerable<string> WithPrefix(string folder, string prefix)
        => tree.Names(folder).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..]);

    private ILookup<string, (string Above, string Relation)> ReadLower()
    {
        var layers = new List<(string Below, string Above, string Relation)>();
        foreach (ClassDevice device in index.InClass("net").Values.Where(static device => device.IsVirtual))
        {
            layers.AddRange(tree.Names($"{device.Folder}/brif").Select(port => (port, device.Name, "is a port")));
            layers.AddRange((tree.ReadText($"{device.Folder}/bonding/slaves").Value ?? string.Empty)
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(member => (member, device.Name, "is a member")));
            layers.AddRange(WithPrefix(device.Folder, "lower_").Select(lower => (lower, device.Name, "is the lower interface")));
        }

        return layers.ToLookup(static layer => layer.Below, static layer => (layer.Above, layer.Relation), StringComparer.Ordinal);
    }
}
