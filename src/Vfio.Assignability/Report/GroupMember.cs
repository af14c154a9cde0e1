using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A function of an IOMMU group.</summary>
/// <param name="Device">Its address.</param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="Role">What it is to the host.</param>
/// <param name="Blocks">Whether its present driver makes the group not viable on this kernel.</param>
public sealed record GroupMember(PciAddress Device, string? Driver, MemberRole Role, bool Blocks);
