namespace Vfio.Core;

/// <summary>How memory is mapped for a device.</summary>
public record DmaMapOptions
{
    /// <summary>What the device may do. Reading and writing by default.</summary>
    public DmaAccess Access { get; init; } = DmaAccess.ReadWrite;

    /// <summary>
    /// The address to map at, a multiple of the page size. By default the address space chooses one: the lowest that
    /// is free above the first 64 KiB, so that devices that drive few address lines can reach it.
    /// </summary>
    public Iova? Iova { get; init; }

    /// <summary>
    /// How many address bits the device drives, from 12 to 64: a chosen address lies below two to this power. For a
    /// device with a 32-bit DMA engine say 32.
    /// </summary>
    public int AddressBits { get; init; } = 64;

    /// <summary>
    /// What a chosen address is a multiple of, in bytes: zero, or a power of two. At zero it is the page size of the
    /// memory, and 2 MiB for anything of at least that length, so that the IOMMU can use large pages.
    /// </summary>
    public long Alignment { get; init; }
}
