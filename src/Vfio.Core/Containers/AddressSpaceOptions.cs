namespace Vfio.Core;

/// <summary>How an address space is made.</summary>
public sealed record AddressSpaceOptions
{
    /// <summary>The IOMMU model to use. By default the best that the host has.</summary>
    public IommuModel? Model { get; init; }
}
