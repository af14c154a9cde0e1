using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>A page table of the hardware's, on a fake IOAS or nested in another.</summary>
internal sealed class FakeHwpt(FakeIommufd owner, uint id, FakeIoas ioas, uint flags) : FakeIommuObject(owner, id)
{
    /// <summary>The space whose mappings it translates, its own or its parent's.</summary>
    public FakeIoas Ioas { get; } = ioas;

    public uint Flags { get; } = flags;

    /// <summary>The table that it is nested in, or null for one that translates alone.</summary>
    public FakeHwpt? Parent { get; init; }

    public FakeFaultQueue? Queue { get; set; }

    /// <summary>Whether no hardware reads it; it serves to look physical addresses up.</summary>
    public bool NoIommu { get; init; }

    public int IommuUnit { get; init; }

    /// <summary>Whether the hardware logs writes now.</summary>
    public bool IsTracking { get; set; }

    /// <summary>The numbers of the pages that were written since they were asked for.</summary>
    public SortedSet<ulong> Dirty { get; } = [];

    public bool CanTrack => Has(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_DIRTY_TRACKING);

    public bool CanNest => Has(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_NEST_PARENT) && !Automatic;

    public bool TakesPasids => Has(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID);

    public override void Release()
    {
        if (Queue is { } queue)
        {
            queue.Users--;
        }

        if (Parent is { } parent)
        {
            parent.Users--;
            return;
        }

        Ioas.Remove(this);
        Ioas.Users--;
    }

    private bool Has(iommufd_hwpt_alloc_flags flag) => (Flags & (uint)flag) != 0;
}
