using Vfio.Native;
using static Vfio.Native.IommufdUapi;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <content>The ioctls of iommufd and of device cdevs.</content>
internal sealed unsafe partial class LinuxKernel
{
    public int DestroyObject(int iommufd, iommu_destroy* destroy) => Ioctl(iommufd, IOMMU_DESTROY, destroy);

    public int Option(int iommufd, iommu_option* option) => Ioctl(iommufd, IOMMU_OPTION, option);

    public int AllocateIoas(int iommufd, iommu_ioas_alloc* alloc) => Ioctl(iommufd, IOMMU_IOAS_ALLOC, alloc);

    public int GetIovaRanges(int iommufd, iommu_ioas_iova_ranges* ranges) => Ioctl(iommufd, IOMMU_IOAS_IOVA_RANGES, ranges);

    public int AllowIovas(int iommufd, iommu_ioas_allow_iovas* ranges) => Ioctl(iommufd, IOMMU_IOAS_ALLOW_IOVAS, ranges);

    public int MapIoas(int iommufd, iommu_ioas_map* map) => Ioctl(iommufd, IOMMU_IOAS_MAP, map);

    public int MapIoasFile(int iommufd, iommu_ioas_map_file* map) => Ioctl(iommufd, IOMMU_IOAS_MAP_FILE, map);

    public int CopyIoas(int iommufd, iommu_ioas_copy* copy) => Ioctl(iommufd, IOMMU_IOAS_COPY, copy);

    public int UnmapIoas(int iommufd, iommu_ioas_unmap* unmap) => Ioctl(iommufd, IOMMU_IOAS_UNMAP, unmap);

    public int ChangeProcess(int iommufd, iommu_ioas_change_process* change) => Ioctl(iommufd, IOMMU_IOAS_CHANGE_PROCESS, change);

    public int GetPhysicalAddress(int iommufd, iommu_ioas_noiommu_get_pa* query) => Ioctl(iommufd, IOMMU_IOAS_NOIOMMU_GET_PA, query);

    public int VfioIoas(int iommufd, iommu_vfio_ioas* ioas) => Ioctl(iommufd, IOMMU_VFIO_IOAS, ioas);

    public int GetHardwareInfo(int iommufd, iommu_hw_info* info) => Ioctl(iommufd, IOMMU_GET_HW_INFO, info);

    public int AllocateHwpt(int iommufd, iommu_hwpt_alloc* alloc) => Ioctl(iommufd, IOMMU_HWPT_ALLOC, alloc);

    public int SetDirtyTracking(int iommufd, iommu_hwpt_set_dirty_tracking* tracking)
        => Ioctl(iommufd, IOMMU_HWPT_SET_DIRTY_TRACKING, tracking);

    public int GetDirtyBitmap(int iommufd, iommu_hwpt_get_dirty_bitmap* bitmap) => Ioctl(iommufd, IOMMU_HWPT_GET_DIRTY_BITMAP, bitmap);

    public int AllocateFaultQueue(int iommufd, iommu_fault_alloc* alloc) => Ioctl(iommufd, IOMMU_FAULT_QUEUE_ALLOC, alloc);

    public int BindIommufd(int device, vfio_device_bind_iommufd* bind) => Ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, bind);

    public int AttachIommufd(int device, vfio_device_attach_iommufd_pt* attach)
        => Ioctl(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, attach);

    public int DetachIommufd(int device, vfio_device_detach_iommufd_pt* detach)
        => Ioctl(device, VFIO_DEVICE_DETACH_IOMMUFD_PT, detach);
}
