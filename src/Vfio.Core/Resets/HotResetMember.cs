namespace Vfio.Core;

/// <summary>A function that a hot reset hits, as a transport tells of it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Group">Its group, where the reset goes by groups, else null.</param>
/// <param name="IommufdId">Its number in the iommufd that the reset goes through, where it has one.</param>
/// <param name="IsOwned">Whether the owner that the reset goes through owns it; null where the owners of groups have to say.</param>
internal readonly record struct HotResetMember(PciAddress Address, int? Group, uint? IommufdId, bool? IsOwned);
