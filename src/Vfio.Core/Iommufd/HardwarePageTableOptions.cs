namespace Vfio.Core;

/// <summary>What a <see cref="HardwarePageTable"/> can do beyond translating.</summary>
public sealed record HardwarePageTableOptions
{
    /// <summary>
    /// Whether it can track what devices write (<c>IOMMU_HWPT_ALLOC_DIRTY_TRACKING</c>). Only where
    /// <see cref="IommuHardwareInfo.CanTrackDirtyPages"/> says so; only devices that can be tracked are then taken.
    /// </summary>
    public bool TrackDirtyPages { get; init; }

    /// <summary>
    /// Who is told of accesses to memory that is not mapped (<c>IOMMU_HWPT_FAULT_ID_VALID</c>); null to let them fail. The page table keeps
    /// the kernel's object, and the caller the queue.
    /// </summary>
    public FaultQueue? FaultQueue { get; init; }

    /// <summary>
    /// Whether a guest's page tables can be nested in it (<c>IOMMU_HWPT_ALLOC_NEST_PARENT</c>). Not together with a fault queue.
    /// </summary>
    public bool IsNestingParent { get; init; }

    /// <summary>
    /// Whether it is for devices that use process address space ids (<c>IOMMU_HWPT_ALLOC_PASID</c>): for such an id, and for the
    /// rest of such a device's DMA.
    /// </summary>
    public bool AllowPasid { get; init; }
}
