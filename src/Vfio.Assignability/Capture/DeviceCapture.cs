using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Captures devices: their folders of sysfs, as far as they say what a function is used for.</summary>
internal sealed class DeviceCapture(CaptureWriter writer)
{
    // Deeper than devices are nested, a disk behind hubs behind switches included.
    private const int MaxDepth = 48;

    private const string DevicesRoot = "/sys/devices/";
    private const string UeventName = "uevent";
    private const string NodeKey = "DEVNAME=";

    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <summary>The nodes of what was captured.</summary>
    public SortedSet<string> Nodes { get; } = new(StringComparer.Ordinal);

    private HostTree Tree => writer.Source;

    /// <summary>An entry of a class or bus: the link, and the device that it leads to.</summary>
    public void AddEntry(string path)
    {
        if (OrdinaryNames.IsUnique(writer.Names.NameOf(path)))
        {
            return;
        }

        if (writer.Link(path))
        {
            if (Tree.RealPath(path) is { } real && real.StartsWith(DevicesRoot, StringComparison.Ordinal))
            {
                AddAbove(real);
                Walk(real, 0);
            }
        }
        else
        {
            Walk(path, 0);
        }
    }

    /// <summary>A PCI function, with all that is beneath it and is none.</summary>
    public void AddFunction(string path)
    {
        string real = Tree.RealPath(path) ?? path;
        _ = writer.Link(path);
        if (!_done.Add(real))
        {
            return;
        }

        IReadOnlyList<string> names = writer.Folder(real);
        foreach (string name in CapturedAttributes.OfFunction)
        {
            writer.Copy($"{real}/{name}");
        }

        foreach (string name in CapturedAttributes.ByPresence)
        {
            writer.Presence($"{real}/{name}");
        }

        if (writer.Read($"{real}/config") is { } config)
        {
            ConfigPrivacy.Clear(config);
            writer.Write($"{real}/config", config);
        }

        foreach (string vector in writer.Folder($"{real}/msi_irqs"))
        {
            writer.Copy($"{real}/msi_irqs/{vector}");
        }

        foreach (string name in names.Where(static name => name != "msi_irqs"))
        {
            AddLinkOrFolder(real, name, 0);
        }
    }

    // Devices between the root and a device of a class, such as the firmware's framebuffer above fb0.
    private void AddAbove(string path)
    {
        for (string? above = Path.GetDirectoryName(path); above?.Length > DevicesRoot.Length; above = Path.GetDirectoryName(above))
        {
            if (!PciAddress.TryParse(Path.GetFileName(above), out _))
            {
                _ = writer.Link($"{above}/subsystem");
                _ = writer.Link($"{above}/driver");
            }
        }
    }

    private void Walk(string path, int depth)
    {
        if (depth > MaxDepth || !_done.Add(path))
        {
            return;
        }

        foreach (string name in writer.Folder(path))
        {
            AddEntryOf(path, name, depth);
        }
    }

    private void AddEntryOf(string path, string name, int depth)
    {
        string folder = Path.GetFileName(path);
        string child = $"{path}/{name}";
        if (CapturedAttributes.FoldersOfLinks.Contains(folder) && Tree.ReadLink(child).IsKnown)
        {
            if (!OrdinaryNames.IsUnique(name))
            {
                _ = writer.Link(child);
            }
        }
        else if (name == UeventName)
        {
            writer.CopyText(child, FilterUevent);
        }
        else if (CapturedValues.Find(folder, name) is { } filter)
        {
            writer.CopyText(child, text => filter(writer.Names, text.TrimEnd('\n')) is { } value ? value + "\n" : null);
        }
        else if (IsWantedAttribute(path, folder, name) && !Tree.ReadLink(child).IsKnown && !Tree.IsFolder(child))
        {
            writer.Copy(child);
            if (name == "dev")
            {
                AddNode(path);
            }
        }
        else
        {
            AddLinkOrFolder(path, name, depth);
        }
    }

    private void AddLinkOrFolder(string path, string name, int depth)
    {
        string child = $"{path}/{name}";
        if (Tree.ReadLink(child).IsKnown)
        {
            if (IsWantedLink(name))
            {
                _ = writer.Link(child);
            }
        }
        else if (!CapturedAttributes.Skipped.Contains(name)
            && !IsPci(name)
            && !OrdinaryNames.IsUnique(writer.Names.NameOf(child))
            && Tree.IsFolder(child))
        {
            Walk(child, depth + 1);
        }
    }

    // What framebuffers and consoles are called is the kernel's choice; elsewhere a name may be the owner's, or the maker's.
    private static bool IsWantedAttribute(string path, string folder, string name) => CapturedAttributes.OfOthers.Contains(name)
        || folder == "capabilities"
        || (name == "name" && (path.Contains("/graphics/", StringComparison.Ordinal) || path.Contains("/vtconsole/", StringComparison.Ordinal)));

    private static bool IsWantedLink(string name) => !OrdinaryNames.IsUnique(name)
        && (CapturedAttributes.Links.Contains(name) || CapturedAttributes.LinkPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));

    // Functions and root buses beneath a function, and the services of ports.
    private static bool IsPci(string name) => PciAddress.TryParse(name, out _)
        || (name.StartsWith("pci", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal))
        || name.Contains(":pcie", StringComparison.Ordinal);

    private string FilterUevent(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            if (!line.StartsWith(NodeKey, StringComparison.Ordinal))
            {
                if (CapturedAttributes.UeventKeys.Any(key => line.StartsWith(key, StringComparison.Ordinal)))
                {
                    lines.Add(line);
                }
            }
            else if (!OrdinaryNames.IsUnique(line))
            {
                string name = line[NodeKey.Length..];
                _ = Nodes.Add($"/dev/{name}");
                lines.Add(NodeKey + writer.Names.Block(name));
            }
        }

        // An empty one says that there is no node, and a missing one does not.
        return TextLines.Join(lines);
    }

    // Where the kernel says no more than that there is a node.
    private void AddNode(string path)
    {
        string name = Path.GetFileName(path).Replace('!', '/');
        foreach (string folder in (string[])["/dev", "/dev/dri", "/dev/snd", "/dev/input"])
        {
            if (Tree.Exists($"{folder}/{name}"))
            {
                _ = Nodes.Add($"{folder}/{name}");
            }
        }
    }
}
