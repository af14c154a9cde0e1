using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a device has to do with SR-IOV.</summary>
/// <param name="Role"><c>pf</c>, <c>vf</c> or <c>none</c>.</param>
/// <param name="Limit">How many virtual functions it can have, 0 for none.</param>
/// <param name="VirtualFunctions">Those that it has now.</param>
/// <param name="PhysicalFunction">The physical function of a virtual one, or null.</param>
public sealed record SriovLimits(string Role, int? Limit, IReadOnlyList<PciAddress> VirtualFunctions, PciAddress? PhysicalFunction);
