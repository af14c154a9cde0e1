namespace Vfio.Core;

/// <summary>What a device may do with mapped memory. The kernel enforces it in the IOMMU.</summary>
[Flags]
public enum DmaAccess
{
    /// <summary>Nothing. A mapping must allow at least one of the others.</summary>
    None = 0,

    /// <summary>The device may read the memory (<c>VFIO_DMA_MAP_FLAG_READ</c>).</summary>
    Read = 1,

    /// <summary>The device may write the memory (<c>VFIO_DMA_MAP_FLAG_WRITE</c>).</summary>
    Write = 2,

    /// <summary>The device may read and write the memory.</summary>
    ReadWrite = Read | Write,
}
