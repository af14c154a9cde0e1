using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Members of groups that stay with the host, and keep the group there.</summary>
internal static class GroupBlocking
{
    /// <summary>The devices in the groups of some functions, beside them, whose drivers keep a group with the host. Bridges are not among them.</summary>
    public static IReadOnlyList<PciFunction> Endpoints(IReadOnlyList<PciFunction> devices)
        => [.. Members(devices).Where(static member => !member.IsBridge)];

    /// <summary>The devices, or where there are none the bridges: older kernels let every bridge pass.</summary>
    public static IReadOnlyList<PciFunction> All(IReadOnlyList<PciFunction> devices)
        => Endpoints(devices) is { Count: > 0 } endpoints ? endpoints : [.. Members(devices)];

    /// <summary>What keeps groups with the host, and the commands that end it: a sentence for each group.</summary>
    public static IEnumerable<string> Describe(IReadOnlyList<PciFunction> blocking, string driver)
    {
        foreach (IGrouping<string, PciFunction> group in blocking.GroupBy(static member => member.Group!.Id, StringComparer.Ordinal))
        {
            string members = string.Join(" and ", group.Select(static member => $"{member} is with {member.Driver}"));
            string option = driver == DriverBinding.DefaultDriver ? string.Empty : $" --driver {driver}";
            string command = group.First().IsBridge
                ? string.Join(" && ", group.Select(static member => $"echo {member} > {member.Path}/driver/unbind"))
                : $"vfio bind{option} {string.Join(' ', group)}";
            yield return $"IOMMU group {group.Key} cannot be opened yet: {members}. Next: {command}";
        }
    }

    private static IEnumerable<PciFunction> Members(IReadOnlyList<PciFunction> devices) => devices
        .Select(static device => device.Group)
        .OfType<IommuGroup>()
        .Distinct()
        .Where(static group => !group.IsNoIommu)
        .SelectMany(static group => group.Members)
        .Except(devices)
        .Where(static member => member.Driver is { } driver && HostDrivers.Blocks(driver) && member.VfioDevice is null)
        .OrderBy(static member => member.Address);
}
