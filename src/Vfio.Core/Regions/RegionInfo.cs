namespace Vfio.Core;

/// <summary>What is known of a region (<c>VFIO_DEVICE_GET_REGION_INFO</c> and its capabilities).</summary>
internal sealed record RegionInfo
{
    public required int Index { get; init; }

    /// <summary>The length in bytes; zero where the device has no such region.</summary>
    public required long Size { get; init; }

    public required RegionFeatures Features { get; init; }

    /// <summary>Where the region lies in the device's descriptor.</summary>
    public required long FileOffset { get; init; }

    /// <summary>The parts that can be mapped, sorted and disjoint.</summary>
    public required IReadOnlyList<RegionArea> MappableAreas { get; init; }

    /// <summary>Whether the page with the MSI-X table can be mapped too.</summary>
    public bool MsixMappable { get; init; }

    /// <summary>What the region is, where its index does not tell: the type and subtype of the kernel.</summary>
    public (uint Type, uint Subtype)? Kind { get; init; }

    public bool CanRead => Features.HasFlag(RegionFeatures.Read);

    public bool CanWrite => Features.HasFlag(RegionFeatures.Write);

    public static RegionInfo Absent(int index) => new()
    {
        Index = index,
        Size = 0,
        Features = RegionFeatures.None,
        FileOffset = 0,
        MappableAreas = [],
    };
}
