using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>An IOMMU group of a host, as it stands now.</summary>
/// <param name="Id">The group's number; null for the functions that are in no group, which stand together.</param>
/// <param name="Type">How the kernel itself uses the IOMMU for it (<c>type</c>), or null where it does not say.</param>
/// <param name="IsNoIommu">Whether VFIO made it in its no-IOMMU mode: it isolates nothing.</param>
/// <param name="IsViable">
/// Whether no member's driver keeps the kernel from giving it away; null where that is not known, and for functions in no
/// group. A viable group may still be refused for what is reserved in it.
/// </param>
/// <param name="Members">Its PCI functions, in order of address.</param>
/// <param name="Reserved">What its devices must not use of their address space; null where it cannot be read.</param>
/// <remarks>Immutable, and so thread-safe.</remarks>
public sealed record GroupOverview(
    string? Id,
    string? Type,
    bool IsNoIommu,
    bool? IsViable,
    IReadOnlyList<GroupMember> Members,
    IReadOnlyList<ReservedRegion>? Reserved);
