using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds the processes that have a function open, through VFIO or through the nodes of its drivers.</summary>
internal sealed class ProcessUses(HostTree tree)
{
    private OpenNodes? _open;

    private OpenNodes Open => _open ??= new OpenNodes(tree);

    public IEnumerable<FunctionUse> Find(FunctionDevices devices, BlockStack stack, IReadOnlySet<string> consoles, UnknownFacts unknown)
    {
        List<string> vfio = [.. FunctionNodes.OfVfio(devices.Function)
            .Concat(devices.InClass("vfio-dev").Select(static device => $"/dev/vfio/devices/{device.Name}"))
            .Distinct(StringComparer.Ordinal)];
        List<string> others = [.. FunctionNodes.OfDrivers(devices, stack, Open).Except(vfio, StringComparer.Ordinal)];
        if (Open.Problem is { } problem && (others.Count > 0 || devices.Function.IsOnVfio || FunctionNodes.IsNvidia(devices.Function)))
        {
            // Who has no more than a display open turns nothing.
            bool mayBeCritical = devices.Function.IsOnVfio || others.Exists(node => KindOf(devices.Function, node, consoles) == UseKind.OpenNode);
            unknown.Add(problem with { Turns = mayBeCritical ? Verdict.No : null });
        }

        return [.. ThroughVfio(devices.Function, vfio), .. ThroughDrivers(devices.Function, others, consoles)];
    }

    private static bool IsBelow(PciFunction function, string path)
        => function.IsBridge ? SysfsPath.Functions(path).LastOrDefault() == function.Address : SysfsPath.Functions(path).Contains(function.Address);

    // In the order of what the kind of a node is asked for.
    private static UseKind KindOf(PciFunction function, string node, IReadOnlySet<string> consoles)
        => StartsWithAny(node, "/dev/snd/") ? UseKind.Sound
            : StartsWithAny(node, "/dev/input/", "/dev/hidraw") ? UseKind.Input
            : StartsWithAny(node, "/dev/dri/", "/dev/nvidia", "/dev/fb") || node == "/dev/kfd" || function.ClassCode >> 16 == DisplayUses.DisplayClass ? UseKind.Display
            : consoles.Contains(node) ? UseKind.Console
            : UseKind.OpenNode;

    private static bool StartsWithAny(string node, params ReadOnlySpan<string> starts)
    {
        foreach (string start in starts)
        {
            if (node.StartsWith(start, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string Named(ProcessHolder process) => process.Name is { } name ? $"process {process.Id} ({name})" : $"process {process.Id}";

    private IEnumerable<FunctionUse> ThroughVfio(PciFunction function, List<string> nodes)
    {
        var seen = new HashSet<int>();
        foreach (NodeHolder holder in nodes.SelectMany(Open.HoldersOf))
        {
            _ = seen.Add(holder.Process);
            ProcessHolder process = Open.Describe(holder);
            yield return new FunctionUse(UseKind.HeldThroughVfio, true, $"{Named(process)} has {holder.Node} open", process, [holder.Evidence]);
        }

        // The device may have been passed to a process that has no node open.
        foreach (NodeHolder holder in Open.VfioDevices.Where(holder => IsBelow(function, holder.Node)))
        {
            if (seen.Add(holder.Process))
            {
                ProcessHolder process = Open.Describe(holder);
                yield return new FunctionUse(UseKind.HeldThroughVfio, true, $"{Named(process)} has it open through VFIO", process, [holder.Evidence]);
            }
        }
    }

    private IEnumerable<FunctionUse> ThroughDrivers(PciFunction function, List<string> nodes, IReadOnlySet<string> consoles)
    {
        List<(UseKind Kind, NodeHolder Holder)> held =
            [.. nodes.SelectMany(node => Open.HoldersOf(node).Select(holder => (KindOf(function, node, consoles), holder)))];
        foreach (IGrouping<int, NodeHolder> one in held.Where(static pair => pair.Kind == UseKind.OpenNode).GroupBy(static pair => pair.Holder.Process, static pair => pair.Holder))
        {
            yield return Held(UseKind.OpenNode, [.. one]);
        }

        // What is no more than missed is said once for each kind.
        foreach (IGrouping<UseKind, NodeHolder> kind in held.Where(static pair => pair.Kind != UseKind.OpenNode).GroupBy(static pair => pair.Kind, static pair => pair.Holder))
        {
            yield return Held(kind.Key, [.. kind.DistinctBy(static holder => holder.Process)]);
        }
    }

    private FunctionUse Held(UseKind kind, List<NodeHolder> holders)
    {
        const int MaxEvidence = 4;
        ProcessHolder process = Open.Describe(holders[0]);
        int more = holders.Select(static holder => holder.Process).Distinct().Count() - 1;
        string who = more switch
        {
            0 => $"{Named(process)} has",
            1 => $"{Named(process)} and {Named(Open.Describe(holders.First(holder => holder.Process != process.Id)))} have",
            _ => $"{Named(process)} and {more} more have",
        };
        string what = more > 0 && holders.Exists(holder => holder.Node != process.Node) ? "nodes of it" : process.Node;
        return new FunctionUse(kind, kind == UseKind.OpenNode, $"{who} {what} open", process, [.. holders.Select(static holder => holder.Evidence).Take(MaxEvidence)]);
    }
}
