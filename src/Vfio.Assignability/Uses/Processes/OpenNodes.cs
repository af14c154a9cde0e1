using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Which processes have which nodes open (<c>/proc/PID/fd</c>), read in one pass for all functions.</summary>
internal sealed class OpenNodes
{
    // A device's own descriptor has no node. Since 6.18 the kernel tells which device it is.
    private const string VfioDevice = "anon_inode:[vfio-device]";
    private const string VfioDevicePath = "vfio-device-syspath:";
    private const string Deleted = " (deleted)";

    private readonly HostTree _tree;
    private readonly Dictionary<string, List<NodeHolder>> _holders = new(StringComparer.Ordinal);
    private readonly List<NodeHolder> _vfioDevices = [];
    private string? _firstUnreadable;
    private string? _reason;
    private int _unreadable;

    public OpenNodes(HostTree tree)
    {
        _tree = tree;
        foreach (string name in tree.Names("/proc"))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int process))
            {
                Read(process);
            }
        }

        Problem = _firstUnreadable is null ? null : new UnknownFact(
            _unreadable == 1 ? "which device nodes one other process has open" : $"which device nodes {_unreadable} other processes have open",
            _firstUnreadable,
            _reason!);
    }

    /// <summary>What this user may not see, or null.</summary>
    public UnknownFact? Problem { get; }

    /// <summary>The nodes that any process has open.</summary>
    public IEnumerable<string> Nodes => _holders.Keys;

    /// <summary>The descriptors of devices that VFIO gave to processes.</summary>
    public IReadOnlyList<NodeHolder> VfioDevices => _vfioDevices;

    /// <summary>Who has a node open, each process once.</summary>
    public IReadOnlyList<NodeHolder> HoldersOf(string node) => _holders.TryGetValue(node, out List<NodeHolder>? holders) ? holders : [];

    /// <summary>A holder with its name, for a report.</summary>
    public ProcessHolder Describe(NodeHolder holder)
        => new(holder.Process, _tree.ReadText($"/proc/{holder.Process}/comm").Value is { Length: > 0 } name ? PlainText.Of(name) : null, holder.Node);

    private void Read(int process)
    {
        string folder = $"/proc/{process}/fd";
        HostFact<IReadOnlyList<string>> descriptors = _tree.List(folder);
        if (descriptors.IsUnknown && !IsGoneOrKernels(process))
        {
            _firstUnreadable ??= folder;
            _reason ??= descriptors.Problem;
            _unreadable++;
        }

        foreach (string descriptor in descriptors.Value ?? [])
        {
            HostFact<string> link = _tree.ReadLink($"{folder}/{descriptor}");
            if (link.Value is not { } target)
            {
                continue;
            }

            if (target == VfioDevice)
            {
                ReadDevice(process, descriptor);
            }
            else if (target.StartsWith("/dev/", StringComparison.Ordinal))
            {
                Add(process, target.EndsWith(Deleted, StringComparison.Ordinal) ? target[..^Deleted.Length] : target, Evidence.Of(link));
            }
        }
    }

    private void Add(int process, string node, Evidence evidence)
    {
        if (!_holders.TryGetValue(node, out List<NodeHolder>? holders))
        {
            holders = [];
            _holders.Add(node, holders);
        }

        // A process's descriptors come one after the other.
        if (holders.Count == 0 || holders[^1].Process != process)
        {
            holders.Add(new NodeHolder(process, node, evidence));
        }
    }

    private void ReadDevice(int process, string descriptor)
    {
        HostFact<string> information = _tree.ReadText($"/proc/{process}/fdinfo/{descriptor}");
        foreach (string line in (information.Value ?? string.Empty).Split('\n'))
        {
            if (line.StartsWith(VfioDevicePath, StringComparison.Ordinal))
            {
                _vfioDevices.Add(new NodeHolder(process, line[VfioDevicePath.Length..].Trim(), new Evidence(information.Path, line)));
            }
        }
    }

    // One that has ended since has nothing open, nor have threads of the kernel, whose parent is number 2.
    private bool IsGoneOrKernels(int process)
    {
        if (_tree.ReadText($"/proc/{process}/stat").Value is not { } text)
        {
            return !_tree.Exists($"/proc/{process}");
        }

        string[] fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is ["Z" or "X", ..] || (fields.Length > 1 && fields[1] == "2") || (process == 2 && fields.Length > 1 && fields[1] == "0");
    }
}
