using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds the default route on a function's interfaces, and on everything that is made of them.</summary>
internal sealed class RouteUses(HostTree tree, InterfaceMap map)
{
    private UnknownFact? _problem;
    private List<Route>? _routes;

    public IEnumerable<FunctionUse> Find(FunctionDevices devices, UnknownFacts unknown)
    {
        List<ClassDevice> own = [.. devices.InClass("net")];
        if (own.Count == 0)
        {
            return [];
        }

        _routes ??= RouteTables.Read(tree, out _problem);
        if (_problem is not null)
        {
            unknown.Add(_problem);
        }

        return _routes.Count == 0 ? [] : Uses(own, _routes);
    }

    private List<FunctionUse> Uses(List<ClassDevice> own, List<Route> routes)
    {
        var chains = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = new Queue<string>();
        foreach (ClassDevice device in own)
        {
            map.Add(device);
            chains[device.Name] = device.Name;
            waiting.Enqueue(device.Name);
        }

        while (waiting.TryDequeue(out string? name))
        {
            foreach ((string above, string relation) in map.Above(name))
            {
                if (chains.TryAdd(above, $"{above}, of which {Chained(chains[name], name)} {relation}"))
                {
                    waiting.Enqueue(above);
                }
            }
        }

        return
        [
            .. routes.Where(route => chains.ContainsKey(route.Interface))
                .Select(route => new FunctionUse(UseKind.DefaultRoute, true, $"the default route goes over {PlainText.Of(chains[route.Interface])}", null, [route.Line])),
        ];
    }

    // br0, of which bond0 (of which eth0 is a member) is a port
    private static string Chained(string chain, string name)
        => chain.Length == name.Length ? name : $"{name} ({chain[(name.Length + 2)..]})";
}
