using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

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
    /// is free above the first 64 KiB, so that devices that drive few address lines can reach it; for a <see cref="StreamingMapping"/> it may be
    /// one that another of the same length has just left.
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
        // In the way of every mapping: no message is made, nor is there room for one in this frame, unless it is needed.
        if (Access is not (DmaAccess.Read or DmaAccess.Write or DmaAccess.ReadWrite))
        {
            ThrowAccess(this);
        }

        if (AddressBits is < MinAddressBits or > MaxAddressBits)
        {
            ThrowAddressBits(this);
        }

        if (Alignment != 0 && !BitOperations.IsPow2(Alignment))
        {
            ThrowAlignment(this);
        }

        if (Iova is { } iova)
        {
            CheckIova(this, iova, length, pageSize);
        }
    }

    [DoesNotReturn]
    private static void ThrowAccess(DmaMapOptions options)
        => throw new ArgumentOutOfRangeException(nameof(options), $"A mapping needs reading, writing or both, not {options.Access}.");

    [DoesNotReturn]
    private static void ThrowAddressBits(DmaMapOptions options)
        => throw new ArgumentOutOfRangeException(
            nameof(options), $"A device drives {MinAddressBits} to {MaxAddressBits} address bits, not {options.AddressBits}.");

    [DoesNotReturn]
    private static void ThrowAlignment(DmaMapOptions options)
        => throw new ArgumentOutOfRangeException(nameof(options), $"The alignment 0x{options.Alignment:x} is not a power of two.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CheckIova(DmaMapOptions options, Iova iova, ulong length, ulong pageSize)
    {
        ulong asked = options.Alignment == 0 ? pageSize : Math.Max((ulong)options.Alignment, pageSize);
        if ((iova & (asked - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"The IOVA {iova} is not a multiple of 0x{asked:x}.");
        }

        ulong highest = options.HighestAddress;
        if (options.AddressBits != MaxAddressBits && (iova > highest || length - 1 > highest - iova))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"0x{length:x} bytes at IOVA {iova} leave the {options.AddressBits} bits that the device drives.");
        }
    }
}
