using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Where the host writes its console to (<c>/proc/consoles</c>, <c>/sys/class/tty/console/active</c>).</summary>
internal sealed class Consoles
{
    private readonly Dictionary<string, Evidence> _active = new(StringComparer.Ordinal);

    public Consoles(HostTree tree)
    {
        HostFact<string> listed = tree.ReadText("/proc/consoles");
        foreach (string line in (listed.Value ?? string.Empty).Split('\n'))
        {
            // ttyS0                -W- (EC  p a)    4:64, where E is for enabled.
            string[] fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 2 && fields[2].StartsWith("(E", StringComparison.Ordinal))
            {
                _ = _active.TryAdd(fields[0], new Evidence(listed.Path, line));
            }
        }

        HostFact<string> active = tree.ReadText("/sys/class/tty/console/active");
        foreach (string name in (active.Value ?? string.Empty).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            _ = _active.TryAdd(name, Evidence.Of(active));
        }

        Nodes = _active.Keys.Select(static name => $"/dev/{name}").ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The nodes of all active consoles.</summary>
    public IReadOnlySet<string> Nodes { get; }

    /// <summary>The consoles on a function's serial ports.</summary>
    public IEnumerable<FunctionUse> Find(FunctionDevices devices)
    {
        foreach (ClassDevice device in devices.InClass("tty"))
        {
            if (_active.TryGetValue(device.Name, out Evidence? evidence))
            {
                yield return new FunctionUse(UseKind.Console, false, $"the host's console is on its serial port {device.Name}", null, [evidence]);
            }
        }
    }
}
