namespace Vfio.Core;

/// <summary>A member of a group whose driver keeps the group with the host.</summary>
internal readonly record struct GroupBlocker(PciAddress Address, string Driver, bool IsBridge);
