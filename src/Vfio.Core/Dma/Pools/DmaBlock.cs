namespace Vfio.Core;

/// <summary>A block of a <see cref="DmaPool"/>, rented until it is disposed.</summary>
/// <remarks>
/// A value: copies are the same block, and one of them returns it. Taking the memory of one that was returned throws, and so does returning it twice,
/// also after the block was rented again. A span must not be used after the return; that a device does not do so either is up to the driver.
/// </remarks>
public readonly struct DmaBlock : IDisposable, IEquatable<DmaBlock>
{
    private readonly DmaPool? _pool;
    private readonly int _serial;

    internal DmaBlock(DmaPool pool, int index, int serial)
    {
        _pool = pool;
        _serial = serial;
        Index = index;
    }

    /// <summary>The number of the block in its pool, from 0: an index for what a driver knows of the block.</summary>
    public int Index { get; }

    /// <summary>The address of the first byte for the device.</summary>
    public Iova Iova => Pool.IovaOf(Index);

    /// <summary>The address of the first byte in this process.</summary>
    public nint Address => Pool.AddressOf(Index);

    /// <summary>The length in bytes.</summary>
    public int Length => Pool.BlockLength;

    /// <summary>Whether it has not been returned yet.</summary>
    public bool IsRented => _pool is not null && _pool.IsRented(Index, _serial);

    /// <summary>The pool that it is from.</summary>
    /// <exception cref="ObjectDisposedException">It is a default value, and no block at all.</exception>
    public DmaPool Pool => _pool ?? throw new ObjectDisposedException(nameof(DmaBlock));

    /// <summary>Whether two values are the same rented block.</summary>
    public static bool operator ==(DmaBlock left, DmaBlock right) => left.Equals(right);

    /// <summary>Whether two values are different blocks, or of different times.</summary>
    public static bool operator !=(DmaBlock left, DmaBlock right) => !left.Equals(right);

    /// <summary>The memory. It holds whatever was there before.</summary>
    /// <exception cref="ObjectDisposedException">The block has been returned, or the pool disposed.</exception>
    public Span<byte> AsSpan() => Pool.SpanOf(Index, _serial);

    /// <summary>Returns the block. The device must have done with it.</summary>
    /// <exception cref="InvalidOperationException">It has been returned already.</exception>
    public void Dispose() => _pool?.Return(Index, _serial);

    /// <inheritdoc/>
    public bool Equals(DmaBlock other) => ReferenceEquals(_pool, other._pool) && Index == other.Index && _serial == other._serial;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DmaBlock other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Index, _serial);
}
