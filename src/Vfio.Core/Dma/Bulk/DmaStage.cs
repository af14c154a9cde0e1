namespace Vfio.Core;

/// <summary>What is being done of a large allocation.</summary>
public enum DmaStage
{
    /// <summary>Pages are being filled in (<c>MADV_POPULATE_WRITE</c>).</summary>
    Populating,

    /// <summary>Pages are being pinned and mapped (<c>VFIO_IOMMU_MAP_DMA</c>, <c>IOMMU_IOAS_MAP</c>).</summary>
    Mapping,
}
