using System.Buffers;

namespace Vfio.Core;

/// <summary>
/// Writes into blocks of a <see cref="DmaPool"/>, as serializers and encoders want to (<see cref="IBufferWriter{T}"/>), and tells a device
/// where the bytes lie.
/// </summary>
/// <param name="pool">The pool.</param>
/// <remarks>
/// Not thread-safe. It keeps its blocks until <see cref="Clear"/> or <see cref="Dispose"/>. Where the rest of a block is too short for what is asked
/// for, the next block begins, and the segment before is shorter than its block.
/// </remarks>
public sealed class DmaBufferWriter(DmaPool pool) : IBufferWriter<byte>, IDisposable
{
    private DmaBlock[] _blocks = new DmaBlock[4];
    private DmaSegment[] _segments = new DmaSegment[4];
    private Memory<byte> _memory;
    private int _count;
    private bool _disposed;

    /// <summary>How many bytes have been written.</summary>
    public long WrittenCount { get; private set; }

    /// <summary>Where the bytes lie for the device, in their order. Good until the next change.</summary>
    public ReadOnlySpan<DmaSegment> Segments
        => _segments.AsSpan(0, _count > 0 && _segments[_count - 1].Length == 0 ? _count - 1 : _count);

    /// <summary>The bytes of a segment, as the process sees them.</summary>
    /// <param name="segment">Which one of <see cref="Segments"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such segment.</exception>
    public ReadOnlySpan<byte> BytesOf(int segment)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(segment);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(segment, Segments.Length);
        return _blocks[segment].AsSpan()[.._segments[segment].Length];
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">That is more than was asked for.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (count > Rest)
        {
            throw new InvalidOperationException($"{count} bytes cannot have been written where there was room for {Rest}.");
        }

        if (count > 0)
        {
            ref DmaSegment segment = ref _segments[_count - 1];
            segment = segment with { Length = segment.Length + count };
            WrittenCount += count;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A block is shorter.</exception>
    /// <exception cref="VfioException">All blocks are rented; what was written is kept.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _blocks[_count - 1].AsSpan()[_segments[_count - 1].Length..];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A block is shorter.</exception>
    /// <exception cref="VfioException">All blocks are rented; what was written is kept.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        if (_memory.IsEmpty)
        {
            _memory = new DmaBlockMemory(pool, _blocks[_count - 1]).Memory;
        }

        return _memory[_segments[_count - 1].Length..];
    }

    /// <summary>Returns all blocks, and begins anew. The device must have done with them.</summary>
    public void Clear()
    {
        while (_count > 0)
        {
            _blocks[--_count].Dispose();
        }

        _memory = default;
        WrittenCount = 0;
    }

    /// <summary>Returns all blocks. The device must have done with them.</summary>
    public void Dispose()
    {
        _disposed = true;
        Clear();
    }

    private int Rest => _count == 0 ? 0 : pool.BlockLength - _segments[_count - 1].Length;

    private void Reserve(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (sizeHint < 0 || sizeHint > pool.BlockLength)
        {
            throw new ArgumentOutOfRangeException(nameof(sizeHint), sizeHint, $"The pool's blocks have {pool.BlockLength} bytes.");
        }

        if (Rest >= Math.Max(sizeHint, 1))
        {
            return;
        }

        if (_count == _blocks.Length)
        {
            Array.Resize(ref _blocks, _count * 2);
            Array.Resize(ref _segments, _count * 2);
        }

        DmaBlock block = pool.Rent();
        _blocks[_count] = block;
        _segments[_count++] = new DmaSegment(block.Iova, 0);
        _memory = default;
    }
}
