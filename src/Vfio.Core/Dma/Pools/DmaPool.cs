using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>
/// Many blocks of one length, cut from one mapping: renting and returning one costs nanoseconds, where a mapping costs a call into the
/// kernel. What the kernel's <c>dma_pool</c> is to its drivers.
/// </summary>
/// <remarks>
/// <para>Thread-safe and lock-free, but for <see cref="Dispose"/>: no block, span or memory of the pool may be in use across it. Blocks may be
/// returned by another thread than rented them. Nothing is allocated, except by <see cref="Memory"/>.</para>
/// <para>The pool does not grow: a driver's queues have a depth, and the pool is made for it.</para>
/// </remarks>
public sealed unsafe class DmaPool : IDisposable
{
    private const byte Poison = 0xdb;

    private readonly FreeBlocks _free;
    private readonly bool _poison;
    private readonly byte* _base;
    private readonly Iova _iova;

    // Odd while the block is rented; counts on with each change, so that a value of a time that is over is told.
    private readonly BlockNumbers _serials;
    private volatile bool _disposed;

    private DmaPool(DmaBuffer buffer, int blockLength, int stride, int blockCount, bool poison)
    {
        Buffer = buffer;
        BlockLength = blockLength;
        Stride = stride;
        BlockCount = blockCount;
        _poison = poison;
        _base = (byte*)buffer.Address;
        _iova = buffer.Iova;
        _serials = new BlockNumbers(blockCount);
        _free = new FreeBlocks(blockCount);
        Memory = new DmaMemoryPool(this);
        if (poison)
        {
            for (int block = 0; block < blockCount; block++)
            {
                BytesOf(block).Fill(Poison);
            }
        }
    }

    /// <summary>The length of a block in bytes.</summary>
    public int BlockLength { get; }

    /// <summary>From the beginning of one block to that of the next, in bytes: the length, rounded up to the alignment.</summary>
    public int Stride { get; }

    /// <summary>How many blocks there are.</summary>
    public int BlockCount { get; }

    /// <summary>How many blocks are free. They are counted: it takes time in proportion to <see cref="BlockCount"/>.</summary>
    public int AvailableBlocks
    {
        get
        {
            int free = 0;
            foreach (ref int serial in _serials.All)
            {
                free += ~Volatile.Read(ref serial) & 1;
            }

            return free;
        }
    }

    /// <summary>The memory that the blocks are cut from. It is the pool's to dispose.</summary>
    public DmaBuffer Buffer { get; }

    /// <summary>
    /// The pool as pipelines and streams want it (<c>PipeOptions.Pool</c>): memory that is rented is a block, as long as the owner is not
    /// disposed. <see cref="TryGetIova"/> tells where a device sees it. Makes an object each time.
    /// </summary>
    public MemoryPool<byte> Memory { get; }

    /// <summary>Makes a pool, of memory of its own.</summary>
    /// <param name="space">The address space to map it in.</param>
    /// <param name="blockLength">The length of a block in bytes.</param>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <returns>The pool. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no memory, no address, or the kernel refused to map.</exception>
    public static DmaPool Create(AddressSpace space, int blockLength, int blockCount, DmaPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        options ??= new DmaPoolOptions();
        int alignment = options.AlignmentOf(blockLength);
        int stride = StrideOf(blockLength, alignment);
        DmaBuffer buffer = Allocate(space, (long)stride * blockCount, alignment, options);
        try
        {
            return new DmaPool(buffer, blockLength, stride, blockCount, options.Poison);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Makes a pool of a buffer, of as many blocks as it holds: of one that was set up with <see cref="AddressSpace.AllocateLargeAsync"/>, say.</summary>
    /// <param name="buffer">The buffer. It belongs to the pool from here on.</param>
    /// <param name="blockLength">The length of a block in bytes.</param>
    /// <param name="options">Only <see cref="DmaPoolOptions.BlockAlignment"/> and <see cref="DmaPoolOptions.Poison"/> count.</param>
    /// <returns>The pool. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The buffer holds no block, or does not begin at a multiple of the alignment.</exception>
    public static DmaPool Over(DmaBuffer buffer, int blockLength, DmaPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockLength);
        options ??= new DmaPoolOptions();
        int alignment = options.AlignmentOf(blockLength);
        int stride = StrideOf(blockLength, alignment);
        long count = Math.Min(buffer.Length / stride, BlockNumbers.MaxCount);
        if (count == 0 || (buffer.Iova & (ulong)(alignment - 1)) != 0)
        {
            throw new ArgumentException(
                $"A buffer of 0x{buffer.Length:x} bytes at IOVA {buffer.Iova} has no room for blocks of 0x{stride:x} at multiples of 0x{alignment:x}.",
                nameof(buffer));
        }

        return new DmaPool(buffer, blockLength, stride, (int)count, options.Poison);
    }

    /// <summary>Rents a block.</summary>
    /// <returns>The block. Disposing it returns it.</returns>
    /// <exception cref="VfioException">All blocks are rented (<see cref="VfioErrorKind.PoolExhausted"/>).</exception>
    /// <exception cref="InvalidOperationException">The block was written to while it was free: see <see cref="DmaPoolOptions.Poison"/>. It stays out of use.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public DmaBlock Rent() => TryRent(out DmaBlock block) ? block : throw DmaErrors.PoolExhausted(this);

    /// <summary>Rents a block if one is free.</summary>
    /// <param name="block">The block. Disposing it returns it.</param>
    /// <returns>Whether one was free.</returns>
    /// <exception cref="InvalidOperationException">The block was written to while it was free: see <see cref="DmaPoolOptions.Poison"/>. It stays out of use.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public bool TryRent(out DmaBlock block)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int index = _free.Take();
        if (index < 0)
        {
            block = default;
            return false;
        }

        // Nobody else has this number now.
        int serial = unchecked(_serials[index] + 1);
        Volatile.Write(ref _serials[index], serial);
        if (_poison)
        {
            CheckPoison(index);
        }

        block = new DmaBlock(this, index, serial);
        return true;
    }

    /// <summary>Finds where a device sees a part of the pool's memory.</summary>
    /// <param name="part">A span of one block, or of several that follow each other.</param>
    /// <param name="iova">The address of its first byte for the device.</param>
    /// <returns>Whether the part lies in the pool.</returns>
    public bool TryGetIova(ReadOnlySpan<byte> part, out Iova iova)
    {
        nint offset = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(part)) - (nint)_base;
        bool inside = offset >= 0 && offset <= Buffer.Length - part.Length;
        iova = inside ? _iova + offset : default;
        return inside;
    }

    /// <summary>Finds the rented block that has an address of the device's, such as one that a completion names.</summary>
    /// <param name="iova">The address of any of its bytes.</param>
    /// <param name="block">The block.</param>
    /// <returns>Whether the address lies in a block that is rented.</returns>
    public bool TryGetBlock(Iova iova, out DmaBlock block)
    {
        ulong offset = unchecked(iova.Value - _iova.Value);
        ulong index = offset / (uint)Stride;
        if (index < (ulong)BlockCount && offset % (uint)Stride < (uint)BlockLength)
        {
            int serial = Volatile.Read(ref _serials[(int)index]);
            if (IsOdd(serial))
            {
                block = new DmaBlock(this, (int)index, serial);
                return true;
            }
        }

        block = default;
        return false;
    }

    /// <summary>Undoes the mapping and gives the memory back. Blocks that are still rented end with it.</summary>
    public void Dispose()
    {
        _disposed = true;
        Buffer.Dispose();
    }

    internal Iova IovaOf(int index) => _iova + ((long)index * Stride);

    internal nint AddressOf(int index) => (nint)(_base + ((long)index * Stride));

    internal bool IsRented(int index, int serial) => IsOdd(serial) && Volatile.Read(ref _serials[index]) == serial && !_disposed;

    internal Span<byte> SpanOf(int index, int serial)
    {
        ObjectDisposedException.ThrowIf(!IsRented(index, serial), typeof(DmaBlock));
        return BytesOf(index);
    }

    internal void Return(int index, int serial)
    {
        // Taken first, so that of two who return it one fails, and filled by the one who did not.
        if (!IsOdd(serial) || Interlocked.CompareExchange(ref _serials[index], unchecked(serial + 1), serial) != serial)
        {
            throw DmaErrors.ReturnedTwice(this, index);
        }

        if (_poison && !_disposed)
        {
            BytesOf(index).Fill(Poison);
        }

        _free.Give(index);
    }

    private static bool IsOdd(int serial) => (serial & 1) != 0;

    private static int StrideOf(int blockLength, int alignment)
        => checked((blockLength + (alignment - 1)) & ~(alignment - 1));

    private static DmaBuffer Allocate(AddressSpace space, long length, int alignment, DmaPoolOptions options)
    {
        if (options.PageSize is { } pages)
        {
            return space.Allocate(length, options.BufferOptions(pages, alignment));
        }

        const long HugePage = 2 << 20;
        if (length >= HugePage && (options.Iova.GetValueOrDefault() & (ulong)(HugePage - 1)) == 0)
        {
            try
            {
                return space.Allocate(length, options.BufferOptions(DmaPageSize.Huge2M, alignment));
            }
            catch (VfioException error) when (error.Kind is VfioErrorKind.OutOfMemory
                or VfioErrorKind.IovaExhausted or VfioErrorKind.IovaOutOfRange or VfioErrorKind.OverlappingMapping)
            {
                // None are reserved, or not enough, or there is no place for whole ones. Others will do.
            }
        }

        return space.Allocate(length, options.BufferOptions(DmaPageSize.Transparent, alignment));
    }

    private Span<byte> BytesOf(int index) => new(_base + ((long)index * Stride), BlockLength);

    private void CheckPoison(int index)
    {
        int offset = BytesOf(index).IndexOfAnyExcept(Poison);
        if (offset >= 0)
        {
            throw DmaErrors.Poisoned(this, index, offset);
        }
    }
}
