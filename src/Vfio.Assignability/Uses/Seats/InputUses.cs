using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds keyboards and mice on a function.</summary>
internal sealed class InputUses(HostTree tree)
{
    private InputHandlers? _handlers;

    public IEnumerable<FunctionUse> Find(FunctionDevices devices)
    {
        // One device is in the class several times, as itself and as what it is to each handler.
        var found = new List<(string What, string? Name, Evidence Evidence)>();
        foreach (ClassDevice device in devices.InClass("input"))
        {
            if ((_handlers ??= new InputHandlers(tree)).Describe(device) is { } input && (input.Name is not null || found.TrueForAll(other => other.What != input.What)))
            {
                found.Add(input);
            }
        }

        foreach (IGrouping<string, (string What, string? Name, Evidence Evidence)> kind in found.GroupBy(static input => input.What, StringComparer.Ordinal))
        {
            List<string> names = [.. kind.Select(static input => input.Name).OfType<string>().Distinct(StringComparer.Ordinal).Select(PlainText.Of)];
            string which = names.Count switch
            {
                0 => string.Empty,
                1 => $" ({names[0]})",
                _ => $" ({names[0]} and {names.Count - 1} more)",
            };
            yield return new FunctionUse(UseKind.Input, false, $"a {kind.Key}{which} is on it", null, [kind.First().Evidence]);
        }
    }
}
