using System.Numerics;
using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A BAR whose size can be chosen.</summary>
/// <param name="Capabilities">The capability register.</param>
/// <param name="Control">The control register.</param>
public readonly record struct PciResizableBar(uint Capabilities, uint Control)
{
    private const int MegabyteBits = 20;
    private const int FirstSizeBit = 4;
    private const int HighSizes = 16;

    // The specification has one bit more than the kernel uses; sizes from 256 TB on are behind it.
    private const uint SizeMask = 0x3f00;
    private const uint HighSizesMask = 0xffff_0000;

    /// <summary>The number of the BAR.</summary>
    public int Index => Control.Field(PCI_REBAR_CTRL_BAR_IDX);

    /// <summary>The size that is chosen, in bytes; zero where the register has a number that is not defined.</summary>
    public ulong Size => Control.Field(SizeMask) is var power and < (sizeof(ulong) * 8) - MegabyteBits ? 1UL << (power + MegabyteBits) : 0;

    /// <summary>The sizes that can be chosen: bit n for 1 MiB shifted left by n.</summary>
    public ulong SupportedSizes => (Capabilities >> FirstSizeBit) | ((ulong)(Control & HighSizesMask) << (32 - FirstSizeBit - HighSizes));

    /// <summary>The largest size that can be chosen, in bytes; zero where there is none.</summary>
    public ulong LargestSize => SupportedSizes == 0 ? 0 : 1UL << (BitOperations.Log2(SupportedSizes) + MegabyteBits);

    /// <summary>Whether a size can be chosen.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public bool Supports(ulong bytes)
        => BitOperations.IsPow2(bytes) && BitOperations.Log2(bytes) is var power and >= MegabyteBits && (SupportedSizes >> (power - MegabyteBits) & 1) != 0;
}
