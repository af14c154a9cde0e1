namespace Vfio.Core;

/// <summary>How the kernel offers the IOMMU to an address space.</summary>
public enum IommuModel
{
    /// <summary>A container with the type1 model, version 1 (<c>VFIO_TYPE1_IOMMU</c>).</summary>
    Type1,

    /// <summary>A container with the type1 model, version 2 (<c>VFIO_TYPE1v2_IOMMU</c>).</summary>
    Type1V2,
}
