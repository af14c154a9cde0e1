using Vfio.Native;
using static Vfio.Native.IommufdUapi;

namespace Vfio.Core;

/// <summary>A page table of the IOMMU's, made of an IOAS and filled with its mappings.</summary>
internal sealed unsafe class PageTableObject : IommufdObject
{
    private PageTableObject(IommufdHandle iommufd, uint id, bool reportsFaults, params ReadOnlySpan<IommufdObject> uses)
        : base(iommufd, id, uses)
    {
        ReportsFaults = reportsFaults;
    }

    /// <summary>Whether it was made with a fault queue.</summary>
    public bool ReportsFaults { get; }

    /// <summary>Makes a page table.</summary>
    /// <param name="ioas">What it is filled from.</param>
    /// <param name="device">The number of the device whose IOMMU it is for.</param>
    /// <param name="name">The device, for messages.</param>
    /// <param name="options">What it can do.</param>
    public static PageTableObject Allocate(IommufdObject ioas, uint device, string name, HardwarePageTableOptions options)
    {
        IommufdObject? faults = options.FaultQueue?.Require();
        using IommufdObjectLease source = ioas.Lease();
        using IommufdObjectLease queue = faults is null ? default : faults.Lease();
        var alloc = new iommu_hwpt_alloc
        {
            size = (uint)sizeof(iommu_hwpt_alloc),
            flags = (uint)Flags(options),
            dev_id = device,
            pt_id = source.Id,
            fault_id = queue.Id,
        };
        int result = ioas.Iommufd.Kernel.AllocateHwpt(source.Iommufd, &alloc);
        return result < 0 ? throw PageTableErrors.Allocate(name, ioas.Iommufd.Path, options, -result)
            : faults is null ? new PageTableObject(ioas.Iommufd, alloc.out_hwpt_id, false, ioas)
            : new PageTableObject(ioas.Iommufd, alloc.out_hwpt_id, true, ioas, faults);
    }

    public void SetDirtyTracking(bool enabled)
    {
        using IommufdObjectLease table = Lease();
        var tracking = new iommu_hwpt_set_dirty_tracking
        {
            size = (uint)sizeof(iommu_hwpt_set_dirty_tracking),
            flags = enabled ? (uint)iommufd_hwpt_set_dirty_tracking_flags.IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0,
            hwpt_id = table.Id,
        };
        int result = Iommufd.Kernel.SetDirtyTracking(table.Iommufd, &tracking);
        if (result < 0)
        {
            throw PageTableErrors.Track(nameof(IOMMU_HWPT_SET_DIRTY_TRACKING), Iommufd.Path, -result);
        }
    }

    /// <summary>Overwrites a bitmap with a bit for each page that was written.</summary>
    public void GetDirtyBitmap(Iova first, ulong length, ulong pageSize, Span<ulong> bitmap, bool clear)
    {
        using IommufdObjectLease table = Lease();

        // The kernel sets bits, and clears none.
        bitmap.Clear();
        fixed (ulong* words = bitmap)
        {
            var query = new iommu_hwpt_get_dirty_bitmap
            {
                size = (uint)sizeof(iommu_hwpt_get_dirty_bitmap),
                hwpt_id = table.Id,
                flags = clear ? 0 : (uint)iommufd_hwpt_get_dirty_bitmap_flags.IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
                iova = first,
                length = length,
                page_size = pageSize,
                data = (ulong)words,
            };
            int result = Iommufd.Kernel.GetDirtyBitmap(table.Iommufd, &query);
            if (result < 0)
            {
                throw PageTableErrors.Track(nameof(IOMMU_HWPT_GET_DIRTY_BITMAP), Iommufd.Path, -result);
            }
        }
    }

    private static iommufd_hwpt_alloc_flags Flags(HardwarePageTableOptions options)
    {
        iommufd_hwpt_alloc_flags flags = default;
        if (options.TrackDirtyPages)
        {
            flags |= iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
        }

        if (options.FaultQueue is not null)
        {
            flags |= iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID;
        }

        if (options.IsNestingParent)
        {
            flags |= iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_NEST_PARENT;
        }

        if (options.AllowPasid)
        {
            flags |= iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID;
        }

        return flags;
    }
}
