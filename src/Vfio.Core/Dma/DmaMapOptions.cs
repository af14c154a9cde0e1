using System.Numerics;

namespace Vfio.Core;

/// <summary>How memory is mapped for a device.</summary>
public record DmaMapOptions
{
    private const ulong LargeMapping = 2 << 20;
    private const int MinAddressBits = 12;
    private const int MaxAddressBits = 64;

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
    /// memory, and for anything of at least 2 MiB, if there is room, a multiple of that, so that the IOMMU can use large
    /// pages.
    /// </summary>
    public long Alignment { get; init; }

    /// <summary>The last address that the device can drive.</summary>
    internal ulong HighestAddress => AddressBits == MaxAddressBits ? ulong.MaxValue : (1UL << AddressBits) - 1;

    /// <summary>What a chosen address should be a multiple of.</summary>
    internal ulong AlignmentFor(ulong length, ulong pageSize)
    {
        ulong natural = length >= LargeMapping ? Math.Max(pageSize, LargeMapping) : pageSize;
        return Alignment == 0 ? natural : Math.Max((ulong)Alignment, pageSize);
    }

    /// <summary>Checks what a caller can get wrong without the kernel's help.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense, or two contradict each other.</exception>
    internal void Check(ulong length, ulong pageSize)
    {
        // No message is made unless it is needed: this stands in the way of every mapping.
        if (Access is not (DmaAccess.Read or DmaAccess.Write or DmaAccess.ReadWrite))
        {
            throw Wrong(this, $"A mapping needs reading, writing or both, not {Access}.");
        }

        if (AddressBits is < MinAddressBits or > MaxAddressBits)
        {
            throw Wrong(this, $"A device drives {MinAddressBits} to {MaxAddressBits} address bits, not {AddressBits}.");
        }

        if (Alignment != 0 && !BitOperations.IsPow2(Alignment))
        {
            throw Wrong(this, $"The alignment 0x{Alignment:x} is not a power of two.");
        }

        if (Iova is { } iova)
        {
            Check(iova, length, pageSize);
        }
    }

    private static ArgumentOutOfRangeException Wrong(DmaMapOptions options, string problem) => new(nameof(options), options, problem);

    private void Check(Iova iova, ulong length, ulong pageSize)
    {
        ulong asked = Alignment == 0 ? pageSize : Math.Max((ulong)Alignment, pageSize);
        if ((iova & (asked - 1)) != 0)
        {
            throw Wrong(this, $"The IOVA {iova} is not a multiple of 0x{asked:x}.");
        }

        if (AddressBits != MaxAddressBits && (iova > HighestAddress || length - 1 > HighestAddress - iova))
        {
            throw Wrong(this, $"0x{length:x} bytes at IOVA {iova} leave the {AddressBits} bits that the device drives.");
        }
    }
}
