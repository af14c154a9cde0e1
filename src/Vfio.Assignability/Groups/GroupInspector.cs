using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Shows the IOMMU groups of a host: who is in them, and which of them could be given away as they stand.</summary>
public static class GroupInspector
{
    /// <summary>All groups, in order of their numbers; last, if there are any, the functions in no group. Reads only, and needs no privilege.</summary>
    /// <param name="host">The host, now or captured.</param>
    public static IReadOnlyList<GroupOverview> Inspect(PciHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var kernel = KernelVersion.Of(host.Tree);
        var found = new List<GroupOverview>();

        // A captured tree may have the links of functions alone.
        IEnumerable<IommuGroup> groups = host.Groups
            .Concat(host.Functions.Select(static function => function.Group).OfType<IommuGroup>())
            .DistinctBy(static group => group.Id, StringComparer.Ordinal)
            .OrderBy(static group => group.Id.Length)
            .ThenBy(static group => group.Id, StringComparer.Ordinal);
        foreach (IommuGroup group in groups)
        {
            found.Add(new GroupOverview(
                group.Id,
                group.Type.Value,
                group.IsNoIommu,
                IsViable(host.Tree, group, kernel),
                GroupRules.Describe(group, kernel).Members,
                group.ReservedRegions.State == FactState.Absent ? [] : group.ReservedRegions.Value));
        }

        GroupMember[] alone = [.. host.Functions.Where(static function => function.Group is null).Select(function => Describe(function, kernel))];
        if (alone.Length > 0)
        {
            found.Add(new GroupOverview(null, null, IsNoIommu: false, IsViable: null, alone, []));
        }

        return found;
    }

    private static GroupMember Describe(PciFunction function, KernelVersion kernel)
        => new(function.Address, function.Driver, GroupRules.RoleOf(function), GroupRules.Blocks(function, kernel));

    // What drivers of other buses do is not known here.
    private static bool? IsViable(HostTree tree, IommuGroup group, KernelVersion kernel)
        => group.Members.Any(member => GroupRules.Blocks(member, kernel) && !GroupRules.DependsOnVersion(member, kernel)) ? false
            : group.Members.Count == 0
                || group.Members.Any(member => member.DriverLink.IsUnknown || GroupRules.DependsOnVersion(member, kernel))
                || tree.Names($"{group.Path}/devices").Any(static name => !PciAddress.TryParse(name, out _)) ? null
            : true;
}
