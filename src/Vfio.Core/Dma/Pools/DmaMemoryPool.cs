using System.Buffers;

namespace Vfio.Core;

/// <summary>A <see cref="DmaPool"/> as the pool that pipelines and streams ask for memory.</summary>
internal sealed class DmaMemoryPool(DmaPool pool) : MemoryPool<byte>
{
    /// <inheritdoc/>
    public override int MaxBufferSize => pool.BlockLength;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize < -1 || minBufferSize > pool.BlockLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(minBufferSize), minBufferSize, $"The pool's blocks have {pool.BlockLength} bytes.");
        }

        return new DmaBlockMemory(pool, pool.Rent());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Whoever made the DmaPool disposes it.
    }
}
