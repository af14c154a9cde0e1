namespace Vfio.Core;

/// <summary>What the kernel tells of an address space (<c>VFIO_IOMMU_GET_INFO</c> and its capabilities, or <c>IOMMU_IOAS_IOVA_RANGES</c>).</summary>
public sealed record AddressSpaceInfo
{
    /// <summary>The back end in use.</summary>
    public required VfioBackend Backend { get; init; }

    /// <summary>The page sizes of the IOMMU: bit N is set where pages of two to the power N bytes can be mapped. iommufd tells the smallest only.</summary>
    public required ulong PageSizes { get; init; }

    /// <summary>The addresses that can be mapped, sorted and disjoint. Holes are reserved by the platform.</summary>
    public required IReadOnlyList<IovaRange> Ranges { get; init; }

    /// <summary>How many mappings can still be made, or null where the kernel sets no limit or does not tell it.</summary>
    public uint? AvailableMappings { get; init; }

    /// <summary>The page sizes at which the kernel can track what devices wrote, or zero where it cannot.</summary>
    public ulong DirtyTrackingPageSizes { get; init; }

    /// <summary>The largest dirty bitmap that the kernel takes, in bytes, or zero where it tracks nothing.</summary>
    public ulong MaxDirtyBitmapSize { get; init; }

    /// <summary>The smallest unit of a mapping, in bytes.</summary>
    public ulong MinPageSize => unchecked(PageSizes & (~PageSizes + 1));
}
