namespace Vfio.Core;

/// <summary>A function that a hot reset hits.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Group">The number of its IOMMU group, from the kernel where it tells, else from sysfs; null where it is in none.</param>
/// <param name="IommufdId">
/// Its number in the iommufd of the device that was asked (<c>devid</c>); null where it is not open with that iommufd, and on all paths
/// but that of device nodes.
/// </param>
/// <param name="Driver">The driver that has it, or null.</param>
/// <param name="Ownership">Whose it is.</param>
/// <remarks>Immutable, and so thread-safe.</remarks>
public sealed record HotResetFunction(
    PciAddress Address, int? Group, uint? IommufdId, string? Driver, HotResetOwnership Ownership)
{
    /// <summary>Whether this process may reset the function. If not it is in the way.</summary>
    public bool IsOwned => Ownership is HotResetOwnership.Open or HotResetOwnership.GroupOwned;
}
