using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Members of groups that stay with the host, and keep the group there.</summary>
internal static class GroupBlocking
{
    /// <summary>The members of the functions' groups, beside the functions, whose drivers keep a group with the host.</summary>
    public static IReadOnlyList<PciFunction> Of(IReadOnlyList<PciFunction> devices)
    {
        if (devices.Count == 0)
        {
            return [];
        }

        var kernel = KernelVersion.Of(devices[0].Host.Tree);
        return
        [
            .. devices
                .Select(static device => device.Group)
                .OfType<IommuGroup>()
                .Distinct()
                .Where(static group => !group.IsNoIommu)
                .SelectMany(static group => group.Members)
                .Except(devices)
                .Where(member => GroupRules.Blocks(member, kernel))
                .OrderBy(static member => member.Address),
        ];
    }

    /// <summary>Those of them that can be handed over too: no bridges, and no virtual functions that end with the drivers of the functions.</summary>
    public static IEnumerable<PciFunction> Endpoints(IReadOnlyList<PciFunction> devices)
        => Of(devices).Where(member => !member.IsBridge && !devices.Contains(member.PhysicalFunction));

    /// <summary>What keeps groups with the host, and the command that ends it: a sentence for each group.</summary>
    public static IEnumerable<string> Describe(IReadOnlyList<PciFunction> blocking, string driver)
        => blocking.GroupBy(static member => member.Group!.Id, StringComparer.Ordinal).Select(group =>
        {
            List<PciFunction> devices = [.. group.Where(static member => !member.IsBridge)];
            IEnumerable<string> commands = group.Where(static member => member.IsBridge).Select(Texts.Unbind);
            string command = string.Join(" && ", devices.Count > 0 ? commands.Append(Texts.Bind(devices, driver)) : commands);
            return $"IOMMU group {group.Key} cannot be opened yet, because of {Texts.WithDrivers(group)}. Next: {command}";
        });
}
