namespace Vfio.Core;

/// <summary>Part of a buffer as <see cref="Memory{T}"/>. It owns nothing.</summary>
/// <param name="buffer">The buffer.</param>
/// <param name="offset">Where the part begins, in bytes.</param>
/// <param name="length">Its length in bytes.</param>
internal sealed class DmaBufferMemory(DmaBuffer buffer, long offset, int length) : PinnableMemory(buffer)
{
    private readonly DmaBuffer _buffer = buffer;

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => _buffer.AsSpan(offset, length);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The buffer is its owner's to dispose.
    }
}
