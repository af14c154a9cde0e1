using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// What this library asks of iommufd and of device cdevs: one method per ioctl, under the same rules as
/// <see cref="IVfioKernel"/>.
/// </summary>
internal unsafe interface IIommufdCalls
{
    int DestroyObject(int iommufd, iommu_destroy* destroy);

    int Option(int iommufd, iommu_option* option);

    int AllocateIoas(int iommufd, iommu_ioas_alloc* alloc);

    int GetIovaRanges(int iommufd, iommu_ioas_iova_ranges* ranges);

    int AllowIovas(int iommufd, iommu_ioas_allow_iovas* ranges);

    int MapIoas(int iommufd, iommu_ioas_map* map);

    int MapIoasFile(int iommufd, iommu_ioas_map_file* map);

    int CopyIoas(int iommufd, iommu_ioas_copy* copy);

    int UnmapIoas(int iommufd, iommu_ioas_unmap* unmap);

    int ChangeProcess(int iommufd, iommu_ioas_change_process* change);

    int GetPhysicalAddress(int iommufd, iommu_ioas_noiommu_get_pa* query);

    int VfioIoas(int iommufd, iommu_vfio_ioas* ioas);

    int GetHardwareInfo(int iommufd, iommu_hw_info* info);

    int AllocateHwpt(int iommufd, iommu_hwpt_alloc* alloc);

    int SetDirtyTracking(int iommufd, iommu_hwpt_set_dirty_tracking* tracking);

    int GetDirtyBitmap(int iommufd, iommu_hwpt_get_dirty_bitmap* bitmap);

    int AllocateFaultQueue(int iommufd, iommu_fault_alloc* alloc);

    int BindIommufd(int device, vfio_device_bind_iommufd* bind);

    int AttachIommufd(int device, vfio_device_attach_iommufd_pt* attach);

    int DetachIommufd(int device, vfio_device_detach_iommufd_pt* detach);
}
