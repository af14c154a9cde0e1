namespace Vfio.Core;

/// <summary>A rented block as <see cref="Memory{T}"/>, returned when this is disposed.</summary>
/// <remarks>
/// One for each time that a block is rented, although that makes garbage: an object that served the next renter too could be disposed by
/// the one before.
/// </remarks>
internal sealed class DmaBlockMemory(DmaPool pool, DmaBlock block) : PinnableMemory(pool.Buffer)
{
    private int _returned;

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => block.AsSpan();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _returned, 1) == 0)
        {
            block.Dispose();
        }
    }
}
