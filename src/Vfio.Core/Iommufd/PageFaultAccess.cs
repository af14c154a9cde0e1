namespace Vfio.Core;

/// <summary>What a device wanted to do at an address that is not mapped for it (<c>enum iommu_hwpt_pgfault_perm</c>).</summary>
[Flags]
public enum PageFaultAccess
{
    /// <summary>Nothing that the device told.</summary>
    None = 0,

    /// <summary>To read.</summary>
    Read = 1,

    /// <summary>To write.</summary>
    Write = 2,

    /// <summary>To execute.</summary>
    Execute = 4,

    /// <summary>It asked in privileged mode.</summary>
    Privileged = 8,
}
