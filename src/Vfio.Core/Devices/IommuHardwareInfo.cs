namespace Vfio.Core;

/// <summary>What the kernel tells of the IOMMU in front of a device (<c>IOMMU_GET_HW_INFO</c>).</summary>
public sealed record IommuHardwareInfo
{
    /// <summary>The kind of IOMMU, as <c>enum iommu_hw_info_type</c> numbers them: 0 none that tells more, 1 Intel VT-d, 2 Arm SMMUv3, 4 AMD.</summary>
    public required uint Type { get; init; }

    /// <summary>The registers that the kind tells, as its structure in <c>linux/iommufd.h</c>; empty for none.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether it can track what devices write (<c>IOMMU_HW_CAP_DIRTY_TRACKING</c>).</summary>
    public required bool CanTrackDirtyPages { get; init; }

    /// <summary>How many bits of process address space ids the device can use; zero for none.</summary>
    public required int PasidBits { get; init; }

    /// <summary>All capability bits (<c>enum iommufd_hw_capabilities</c>).</summary>
    public required ulong Capabilities { get; init; }
}
