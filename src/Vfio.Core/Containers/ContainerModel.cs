using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The IOMMU models of containers, by their numbers in <c>VFIO_SET_IOMMU</c>.</summary>
internal enum ContainerModel
{
    Type1V1 = VFIO_TYPE1_IOMMU,
    Type1V2 = VFIO_TYPE1v2_IOMMU,
    NoIommu = VFIO_NOIOMMU_IOMMU,
}
