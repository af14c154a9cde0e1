namespace Vfio.Assignability;

/// <summary>The IOMMU group of a device.</summary>
/// <param name="Id">The group's number.</param>
/// <param name="Members">All of its functions, the device included, in order of address.</param>
public sealed record GroupReport(string Id, IReadOnlyList<GroupMember> Members);
