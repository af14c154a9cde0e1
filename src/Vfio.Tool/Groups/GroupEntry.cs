using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Groups;

/// <summary>One group in the output of <c>vfio groups --json</c>.</summary>
/// <param name="Id">The group's number, or null for the functions that are in none.</param>
/// <param name="Type">How the kernel uses the IOMMU for it, or null.</param>
/// <param name="NoIommu">Whether it stands for no IOMMU at all.</param>
/// <param name="Viable">Whether it could be given away as its drivers are; null where that is not known, and for no group.</param>
/// <param name="Members">Its functions.</param>
/// <param name="Reserved">What is reserved in its address space; null where that cannot be read.</param>
internal sealed record GroupEntry(
    string? Id,
    string? Type,
    bool NoIommu,
    bool? Viable,
    IReadOnlyList<MemberEntry> Members,
    IReadOnlyList<ReservedEntry>? Reserved)
{
    public static GroupEntry From(GroupOverview group, PciHost host, PciNames names) => new(
        group.Id,
        group.Type,
        group.IsNoIommu,
        group.IsViable,
        [.. group.Members.Select(member => MemberEntry.From(member, host, names))],
        group.Reserved is { } regions ? [.. regions.Select(ReservedEntry.From)] : null);
}
