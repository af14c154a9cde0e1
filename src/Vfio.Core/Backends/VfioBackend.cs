namespace Vfio.Core;

/// <summary>Which of the kernel's interfaces is behind an address space and its devices.</summary>
/// <remarks><see cref="VfioBackendName"/> has the names by which people call them.</remarks>
public enum VfioBackend
{
    /// <summary>iommufd: an IOAS of <c>/dev/iommu</c>, and devices by <c>/dev/vfio/devices/vfioN</c>.</summary>
    Iommufd,

    /// <summary>A VFIO container with the type1 model, version 2 (<c>VFIO_TYPE1v2_IOMMU</c>).</summary>
    Type1V2,

    /// <summary>A VFIO container with the type1 model, version 1 (<c>VFIO_TYPE1_IOMMU</c>).</summary>
    Type1V1,

    /// <summary>iommufd in the place of a container, which it answers as type1 version 2 would.</summary>
    CompatType1V2,

    /// <summary>iommufd in the place of a container, which it answers as type1 version 1 would.</summary>
    CompatType1V1,

    /// <summary>
    /// A VFIO container without an IOMMU (<c>VFIO_NOIOMMU_IOMMU</c>): registers and interrupts only, and nothing keeps the device
    /// from the machine's memory.
    /// </summary>
    NoIommu,
}
