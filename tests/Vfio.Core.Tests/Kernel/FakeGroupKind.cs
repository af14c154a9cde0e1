namespace Vfio.Core.Tests;

/// <summary>What stands behind a group.</summary>
internal enum FakeGroupKind
{
    /// <summary>An IOMMU.</summary>
    Iommu,

    /// <summary>Nothing: the group exists because of no-IOMMU mode.</summary>
    NoIommu,

    /// <summary>A driver that does the DMA in place of a mediated device.</summary>
    Emulated,
}
