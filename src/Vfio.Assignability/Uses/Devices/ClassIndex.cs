using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The classes of a host's devices (<c>/sys/class</c>, <c>/sys/block</c>), read once, and whose they are.</summary>
/// <remarks>It takes the text of links, so that a captured tree need not have what they point to.</remarks>
internal sealed class ClassIndex
{
    public const string Block = "block";

    // Nothing of these is a use, and there may be very many of them.
    private static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "pci_bus", "bdi", "mem", "vc" };

    private readonly HostTree _tree;
    private readonly Dictionary<PciAddress, List<ClassDevice>> _byFunction = [];
    private readonly Dictionary<string, Dictionary<string, ClassDevice>> _byClass = new(StringComparer.Ordinal);

    public ClassIndex(HostTree tree)
    {
        _tree = tree;
        foreach (string name in tree.Names("/sys/class"))
        {
            if (!Ignored.Contains(name))
            {
                Read(name, $"/sys/class/{name}");
            }
        }

        // Older trees have no partitions in a class, and some captures have only this folder.
        Read(Block, "/sys/block");
    }

    /// <summary>The devices of a class, by name.</summary>
    public IReadOnlyDictionary<string, ClassDevice> InClass(string name)
        => _byClass.TryGetValue(name, out Dictionary<string, ClassDevice>? devices) ? devices : [];

    /// <summary>What lies anywhere below a function.</summary>
    public IReadOnlyList<ClassDevice> Below(PciAddress function)
        => _byFunction.TryGetValue(function, out List<ClassDevice>? devices) ? devices : [];

    private void Read(string className, string folder)
    {
        if (!_byClass.TryGetValue(className, out Dictionary<string, ClassDevice>? known))
        {
            known = new Dictionary<string, ClassDevice>(StringComparer.Ordinal);
            _byClass.Add(className, known);
        }

        foreach (string name in _tree.Names(folder))
        {
            if (known.ContainsKey(name) || Place($"{folder}/{name}") is not { } place)
            {
                continue;
            }

            var device = new ClassDevice(className, name, place.Folder, place.Position);
            known.Add(name, device);
            foreach (PciAddress function in SysfsPath.Functions(place.Position).Distinct())
            {
                if (!_byFunction.TryGetValue(function, out List<ClassDevice>? devices))
                {
                    devices = [];
                    _byFunction.Add(function, devices);
                }

                devices.Add(device);
            }
        }
    }

    // A link leads to the device's folder. A folder in its place has a link to the device that it is on.
    private (string Folder, string Position)? Place(string path)
    {
        HostFact<string> link = _tree.ReadLink(path);
        if (link.IsKnown)
        {
            string folder = SysfsPath.Follow(path, link.Value);
            return (folder, folder);
        }

        return link.State == FactState.Absent ? null
            : _tree.ReadLink($"{path}/device") is { IsKnown: true, Value: { } target } ? (path, SysfsPath.Follow($"{path}/device", target))
            : (path, path);
    }
}
