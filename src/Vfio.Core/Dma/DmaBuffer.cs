using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>Memory for the device and the process: pages of its own outside the garbage collector's heap, mapped for DMA.</summary>
/// <remarks>
/// <para>The device reads and writes the memory whenever it likes, also between two accesses of the process. Spans are
/// right for data that the device has handed over; for words that both sides poll, use the accessors by width: the compiler
/// neither drops, repeats nor joins their accesses. (It may narrow a read of which only part is used, which memory, unlike
/// a register, does not notice.)</para>
/// <para>A span must not be used after <see cref="Dispose"/>, nor keeps it the buffer alive: the pages are gone when the
/// buffer is disposed, or when nothing refers to it any more and the garbage collector finds it. Dispose and the other members
/// may be called from different threads as long as no span or accessor is in use across it.</para>
/// <para>The pages are kept out of a child process that is forked (<c>MADV_DONTFORK</c>), unless they are a file.</para>
/// </remarks>
public sealed unsafe class DmaBuffer : IDisposable
{
    private readonly DmaMapping _mapping;
    private readonly MemoryHandle _memory;
    private volatile bool _disposed;

    /// <summary>Takes both over.</summary>
    internal DmaBuffer(DmaMapping mapping, MemoryHandle memory)
    {
        _mapping = mapping;
        _memory = memory;
    }

    /// <summary>Gives back a buffer that was forgotten.</summary>
    ~DmaBuffer() => Release();

    /// <summary>The address of the first byte for the device.</summary>
    public Iova Iova => _mapping.Iova;

    /// <summary>The length in bytes, whole pages.</summary>
    public long Length => _mapping.Length;

    /// <summary>What the device may do.</summary>
    public DmaAccess Access => _mapping.Access;

    /// <summary>The address of the first byte in this process.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been disposed.</exception>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _mapping.Address;
        }
    }

    /// <summary>The mapping, for instance to copy it to another address space (<see cref="DmaMapping.CopyTo"/>).</summary>
    public DmaMapping Mapping => _mapping;

    /// <summary>The file that the memory is, or null. It belongs to the buffer: duplicate what shall outlive it.</summary>
    public SafeHandle? File => _memory.File;

    /// <summary>All of the memory.</summary>
    /// <exception cref="InvalidOperationException">It is longer than a span can be; take a part of it.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has been disposed.</exception>
    public Span<byte> AsSpan()
        => Length <= int.MaxValue
            ? new Span<byte>((void*)Address, (int)Length)
            : throw new InvalidOperationException($"A span cannot hold {Length} bytes. Take a part with AsSpan(offset, length).");

    /// <summary>Part of the memory.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has been disposed.</exception>
    public Span<byte> AsSpan(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>((void*)(Address + (nint)offset), length);
    }

    /// <summary>Part of the memory, as structures.</summary>
    /// <typeparam name="T">A type without references, laid out as the device sees it.</typeparam>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="count">How many structures.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has been disposed.</exception>
    public Span<T> AsSpan<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue / sizeof(T));
        return MemoryMarshal.Cast<byte, T>(AsSpan(offset, count * sizeof(T)));
    }

    /// <summary>Part of the memory, for streams and pipelines.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>
    /// The part. After <see cref="Dispose"/> its <see cref="Memory{T}.Span"/> throws; a part that is pinned keeps the pages until it is
    /// unpinned. Makes an object: keep it where it is wanted often.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer has been disposed.</exception>
    public Memory<byte> AsMemory(long offset, int length)
    {
        _ = AsSpan(offset, length);
        return new DmaBufferMemory(this, offset, length).Memory;
    }

    /// <summary>Reads 8 bits at a byte offset, with acquire ordering.</summary>
    public byte Read8(long offset)
    {
        byte value = Volatile.Read(ref *(byte*)At(offset, sizeof(byte)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Reads 16 bits at a byte offset that is a multiple of 2, with acquire ordering.</summary>
    public ushort Read16(long offset)
    {
        ushort value = Volatile.Read(ref *(ushort*)At(offset, sizeof(ushort)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Reads 32 bits at a byte offset that is a multiple of 4, with acquire ordering.</summary>
    public uint Read32(long offset)
    {
        uint value = Volatile.Read(ref *(uint*)At(offset, sizeof(uint)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Reads 64 bits at a byte offset that is a multiple of 8, with acquire ordering.</summary>
    public ulong Read64(long offset)
    {
        ulong value = Volatile.Read(ref *(ulong*)At(offset, sizeof(ulong)));
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Writes 8 bits at a byte offset, with release ordering.</summary>
    public void Write8(long offset, byte value)
    {
        Volatile.Write(ref *(byte*)At(offset, sizeof(byte)), value);
        GC.KeepAlive(this);
    }

    /// <summary>Writes 16 bits at a byte offset that is a multiple of 2, with release ordering.</summary>
    public void Write16(long offset, ushort value)
    {
        Volatile.Write(ref *(ushort*)At(offset, sizeof(ushort)), value);
        GC.KeepAlive(this);
    }

    /// <summary>Writes 32 bits at a byte offset that is a multiple of 4, with release ordering.</summary>
    public void Write32(long offset, uint value)
    {
        Volatile.Write(ref *(uint*)At(offset, sizeof(uint)), value);
        GC.KeepAlive(this);
    }

    /// <summary>Writes 64 bits at a byte offset that is a multiple of 8, with release ordering.</summary>
    public void Write64(long offset, ulong value)
    {
        Volatile.Write(ref *(ulong*)At(offset, sizeof(ulong)), value);
        GC.KeepAlive(this);
    }

    /// <summary>Undoes the mapping, then gives the pages back.</summary>
    /// <remarks>Should the kernel refuse to unmap, or a copy of the mapping be live, the pages stay, because a device could still write them.</remarks>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps the pages until <see cref="ReleasePages"/>, whatever becomes of the buffer.</summary>
    internal void KeepPages()
    {
        bool added = false;
        _memory.DangerousAddRef(ref added);
    }

    internal void ReleasePages() => _memory.DangerousRelease();

    internal static DmaBuffer Create(AddressSpace space, long length, DmaBufferOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        MemoryHandle memory = MemoryHandle.Allocate(space.Host.Kernel, length, options.PageSize, options.IsFile);
        try
        {
            var source = new DmaSource(memory.Address, memory, memory.File);
            return new DmaBuffer(space.Map(source, (ulong)memory.Length, (ulong)memory.PageSize, options), memory);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    // The mapping has the pages too: where the kernel refuses to unmap, or another address space still maps them, they stay. A later
    // Dispose tries again.
    private void Release()
    {
        _disposed = true;
        _ = _mapping.TryUnmap();
        _memory.Dispose();
    }

    private void* At(long offset, int width)
    {
        if (offset < 0 || offset > Length - width || (offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, Length);
        }

        return (void*)(Address + (nint)offset);
    }
}
