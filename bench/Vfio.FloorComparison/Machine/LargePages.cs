using Vfio.Native;

namespace Vfio.FloorComparison;

/// <summary>Populated memory that begins at a multiple of 2 MiB, of large pages where the kernel has them: as the floor's.</summary>
internal sealed unsafe class LargePages : IDisposable
{
    public const int Size = 2 << 20;

    private readonly nint _reserved;
    private readonly nuint _reservedLength;

    public LargePages(int length)
    {
        _reservedLength = (nuint)length + Size;
        _reserved = (nint)Libc.mmap(
            null,
            _reservedLength,
            (int)(Libc.PROT_READ | Libc.PROT_WRITE),
            (int)(Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE),
            -1,
            0);
        if (_reserved == -1)
        {
            throw new InvalidOperationException($"There are no {length} bytes of memory.");
        }

        Address = (_reserved + (Size - 1)) & ~(nint)(Size - 1);

        // A kernel without large pages refuses, and small ones are what it gets.
        _ = Libc.madvise((void*)Address, (nuint)length, (int)Libc.MADV_HUGEPAGE);
        new Span<byte>((void*)Address, length).Fill(1);
    }

    /// <summary>The first byte.</summary>
    public nint Address { get; }

    public void Dispose() => _ = Libc.munmap((void*)_reserved, _reservedLength);
}
