using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Pages that this process has mapped, given back once.</summary>
internal sealed unsafe class MemoryHandle : SafeHandle
{
    private const long HugePage = 2L << 20;

    private readonly IVfioKernel _kernel;
    private FaultRange? _guard;

    private MemoryHandle(IVfioKernel kernel, nint address, long length, long pageSize, KernelHandle? file = null)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _kernel = kernel;
        Length = length;
        PageSize = pageSize;
        File = file;
        SetHandle(address);
    }

    public override bool IsInvalid => handle == 0;

    public nint Address => handle;

    /// <summary>The length in bytes, whole pages.</summary>
    public long Length { get; }

    /// <summary>The size of the pages in bytes.</summary>
    public long PageSize { get; }

    /// <summary>The file that the pages are, closed with them; or null.</summary>
    public KernelHandle? File { get; }

    /// <summary>Allocates zeroed pages that a forked child does not see.</summary>
    public static MemoryHandle Allocate(IVfioKernel kernel, long length, DmaPageSize pages, bool isFile = false)
    {
        long pageSize = SizeOf(pages);
        if (length > long.MaxValue - pageSize)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "The length leaves 63 bits when it is rounded up to whole pages.");
        }

        long rounded = (length + pageSize - 1) & ~(pageSize - 1);
        if (isFile)
        {
            return AllocateFile(kernel, rounded, pageSize, pages);
        }

        nint address = Map(kernel, rounded, pages);
        var memory = new MemoryHandle(kernel, address, rounded, pageSize);
        if (pages == DmaPageSize.Transparent)
        {
            // Advice: a kernel without transparent huge pages refuses it, and the memory is as good.
            _ = kernel.Advise(address, (nuint)rounded, Libc.MADV_HUGEPAGE);
        }

        int result = kernel.Advise(address, (nuint)rounded, (int)Libc.MADV_DONTFORK);
        if (result < 0)
        {
            memory.Dispose();
            throw MemoryErrors.Advise(rounded, -result);
        }

        return memory;
    }

    /// <summary>Reserves addresses that nothing lies behind yet.</summary>
    public static MemoryHandle Reserve(IVfioKernel kernel, long length)
    {
        int result = kernel.MapMemory(
            null,
            (nuint)length,
            (int)Libc.PROT_NONE,
            (int)(Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE),
            -1,
            0,
            out nint address);
        return result < 0
            ? throw MemoryErrors.Allocate(length, DmaPageSize.Base, -result)
            : new MemoryHandle(kernel, address, length, SystemPage.Size);
    }

    /// <summary>Maps part of somebody else's file.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public static MemoryHandle MapFile(IVfioKernel kernel, SafeHandle file, long offset, long length, bool writable)
    {
        using var lease = new PassedLease(file);
        int result = kernel.MapMemory(
            null,
            (nuint)length,
            writable ? Libc.PROT_READ | Libc.PROT_WRITE : (int)Libc.PROT_READ,
            (int)Libc.MAP_SHARED,
            lease.Fd,
            offset,
            out nint address);
        return result >= 0
            ? new MemoryHandle(kernel, address, length, SystemPage.Size)
            : throw MemoryErrors.MapFile(offset, length, -result);
    }

    /// <summary>Enters the pages where faults are expected, until they are given back.</summary>
    public FaultRange Guard() => _guard = FaultTable.Add(Address, Length);

    protected override bool ReleaseHandle()
    {
        // Before others can get the addresses.
        _guard?.Withdraw();
        bool done = _kernel.UnmapMemory(handle, (nuint)Length) >= 0;
        File?.Dispose();
        return done;
    }

    private static MemoryHandle AllocateFile(IVfioKernel kernel, long length, long pageSize, DmaPageSize pages)
    {
        int fd = kernel.CreateMemoryFile(FileFlags(pages));
        if (fd < 0)
        {
            throw MemoryErrors.CreateFile(length, pages, -fd);
        }

        var file = new KernelHandle(kernel, fd, "memfd");
        try
        {
            int result = kernel.SetFileLength(fd, length);
            if (result < 0)
            {
                throw MemoryErrors.CreateFile(length, pages, -result);
            }

            result = kernel.MapMemory(
                null, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, (int)Libc.MAP_SHARED, fd, 0, out nint address);
            return result >= 0
                ? new MemoryHandle(kernel, address, length, pageSize, file)
                : throw MemoryErrors.Allocate(length, pages, -result);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static uint FileFlags(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Huge2M => Libc.MFD_HUGETLB | Libc.MFD_HUGE_2MB,
        DmaPageSize.Huge1G => Libc.MFD_HUGETLB | Libc.MFD_HUGE_1GB,
        _ => 0,
    };

    private static nint Map(IVfioKernel kernel, long length, DmaPageSize pages)
    {
        // Huge pages need an address that is a multiple of their size; the kernel gives one only for its reserved ones.
        long slack = pages == DmaPageSize.Transparent && length >= HugePage ? HugePage : 0;
        int result = kernel.MapMemory(
            null,
            (nuint)(length + slack),
            Libc.PROT_READ | Libc.PROT_WRITE,
            Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | HugeFlags(pages),
            -1,
            0,
            out nint address);
        if (result < 0)
        {
            throw MemoryErrors.Allocate(length, pages, -result);
        }

        if (slack == 0)
        {
            return address;
        }

        nint aligned = (address + (nint)(slack - 1)) & ~(nint)(slack - 1);
        Trim(kernel, address, aligned - address);
        Trim(kernel, aligned + (nint)length, address + (nint)slack - aligned);
        return aligned;
    }

    private static void Trim(IVfioKernel kernel, nint address, nint length)
    {
        if (length > 0)
        {
            // Should it fail, addresses are lost and nothing else.
            _ = kernel.UnmapMemory(address, (nuint)length);
        }
    }

    private static long SizeOf(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Base or DmaPageSize.Transparent => SystemPage.Size,
        DmaPageSize.Huge2M => HugePage,
        DmaPageSize.Huge1G => 1L << 30,
        _ => throw new ArgumentOutOfRangeException(nameof(pages), pages, "There are no such pages."),
    };

    private static int HugeFlags(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Huge2M => (int)(Libc.MAP_HUGETLB | Libc.MAP_HUGE_2MB),
        DmaPageSize.Huge1G => (int)(Libc.MAP_HUGETLB | Libc.MAP_HUGE_1GB),
        _ => 0,
    };
}
