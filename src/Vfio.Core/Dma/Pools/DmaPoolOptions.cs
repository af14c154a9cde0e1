using System.Diagnostics;
using System.Numerics;

namespace Vfio.Core;

/// <summary>How a <see cref="DmaPool"/> is made and mapped. <see cref="DmaMapOptions.Alignment"/> is of the whole; see <see cref="BlockAlignment"/>.</summary>
public sealed record DmaPoolOptions : DmaMapOptions
{
    private const int CacheLine = 64;

    /// <summary>
    /// What the IOVA of every block is a multiple of, in bytes: a power of two; in the process the same holds as far as the pages go. At zero,
    /// the largest power of two that divides the length of a block, from a cache line (64) to a page (4096). A block no longer
    /// than its alignment lies in one page if that is at most a page.
    /// </summary>
    public int BlockAlignment { get; init; }

    /// <summary>The pages. Null for huge ones of 2 MiB where the host has enough of them, or else transparent ones.</summary>
    public DmaPageSize? PageSize { get; init; }

    /// <summary>Whether the memory is a file: see <see cref="DmaBufferOptions.IsFile"/>.</summary>
    public bool IsFile { get; init; }

    /// <summary>
    /// Whether blocks are filled with 0xdb when they are returned, and looked at when they are rented again: whoever wrote in between, a device or the
    /// process, is found out. It costs as much as touching every byte twice, so it is on by itself only where a debugger is attached.
    /// </summary>
    public bool Poison { get; init; } = Debugger.IsAttached;

    internal int AlignmentOf(int blockLength)
    {
        if (BlockAlignment < 0 || (BlockAlignment != 0 && !BitOperations.IsPow2(BlockAlignment)))
        {
            throw new ArgumentOutOfRangeException(nameof(blockLength), $"The alignment of blocks, 0x{BlockAlignment:x}, is not a power of two.");
        }

        int natural = 1 << BitOperations.TrailingZeroCount(blockLength);
        return BlockAlignment != 0 ? BlockAlignment : Math.Clamp(natural, CacheLine, SystemPage.Size);
    }

    /// <summary>How the memory of a pool with blocks of an alignment is made, of given pages.</summary>
    internal DmaBufferOptions BufferOptions(DmaPageSize pages, int blockAlignment) => new()
    {
        Access = Access,
        Iova = Iova,
        AddressBits = AddressBits,
        Alignment = blockAlignment > SystemPage.Size ? Math.Max(Alignment, blockAlignment) : Alignment,
        PageSize = pages,
        IsFile = IsFile,
    };
}
