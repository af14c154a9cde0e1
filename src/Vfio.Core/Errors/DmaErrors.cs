using System.Globalization;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on mappings, and the refusals that come before the kernel is asked.</summary>
internal static class DmaErrors
{
    public static VfioException Map(IVfioKernel kernel, string step, string path, Iova iova, ulong length, int errno)
    {
        string range = Range(iova, length);
        return errno switch
        {
            ENOMEM => MemoryLock(kernel, step, path, range, length),
            EEXIST => Overlap(step, path, iova, length, errno),
            ENOSPC => new(
                VfioErrorKind.MappingLimit,
                step,
                path,
                $"the container has no mapping left for {range}",
                "Map fewer, larger pieces, or raise vfio_iommu_type1's parameter dma_entry_limit (65535 by default)",
                errno),
            EFAULT => new(
                VfioErrorKind.Refused,
                step,
                path,
                $"the memory behind {range} cannot be pinned: part of it is not mapped in the process, or not writable",
                "Map whole, existing pages, writable ones unless the device only reads",
                errno),
            _ => new(
                VfioErrorKind.Refused,
                step,
                path,
                $"the kernel refused to map {range}",
                "Check that address, IOVA and length are multiples of the page size and lie within the address space's ranges",
                errno),
        };
    }

    public static VfioException Unmap(string step, string path, Iova iova, ulong length, ulong unmapped, int errno) => errno != 0
        ? new(
            VfioErrorKind.Refused,
            step,
            path,
            $"the kernel refused to unmap {Range(iova, length)}",
            "Unmap exactly what was mapped, once",
            errno)
        : new(
            VfioErrorKind.UnmapMismatch,
            step,
            path,
            $"{unmapped} bytes were unmapped where {Range(iova, length)} was asked for",
            "Take the address space out of use, for its books and the kernel's differ; other code may be using the same container");

    public static VfioException Overlap(string step, string path, Iova iova, ulong length, int errno = 0) => new(
        VfioErrorKind.OverlappingMapping,
        step,
        path,
        $"{Range(iova, length)} overlaps a live mapping",
        "Unmap what is there first, or leave the address to the library",
        errno);

    public static VfioException OutOfRange(string step, string path, Iova iova, ulong length, IReadOnlyList<IovaRange> ranges) => new(
        VfioErrorKind.IovaOutOfRange,
        step,
        path,
        $"{Range(iova, length)} lies outside what the IOMMU can map ({string.Join(", ", ranges)})",
        "Choose an address inside one of these ranges, or leave the address to the library");

    public static VfioException Exhausted(string step, string path, ulong length, DmaMapOptions options, IReadOnlyList<IovaRange> ranges) => new(
        VfioErrorKind.IovaExhausted,
        step,
        path,
        $"no free range of 0x{length:x} bytes is left below {options.AddressBits} address bits ({string.Join(", ", ranges)})",
        "Unmap something, or allow more address bits if the device drives them");

    /// <summary>Without an IOMMU a device sees memory where it lies, and this lies in pieces.</summary>
    public static VfioException Scattered(string step, string path, ulong length, ulong together) => new(
        VfioErrorKind.NotSupported,
        step,
        path,
        $"of 0x{length:x} bytes only the first 0x{together:x} lie together in physical memory, and no IOMMU joins the pieces",
        "Use huge pages (DmaPageSize.Huge2M, Huge1G), or several buffers of one page");

    /// <summary>Without an IOMMU the address is what it is.</summary>
    public static VfioException Unreachable(string step, string path, Iova iova, ulong length, int bits) => new(
        VfioErrorKind.IovaExhausted,
        step,
        path,
        $"{Range(iova, length)} is where the memory lies, beyond the {bits} address bits that the device drives, and no IOMMU moves it",
        "Try again for memory that lies lower, or use a device that drives more address lines");

    public static VfioException NotChosen(string step, string path) => new(
        VfioErrorKind.NotSupported,
        step,
        path,
        "without an IOMMU an address is where the memory lies, and cannot be chosen",
        "Leave DmaMapOptions.Iova unset, and tell the device the address that the mapping has");

    public static VfioException NoDevice(string path, string step) => new(
        VfioErrorKind.Refused,
        step,
        path,
        "no device is attached to the address space, and without one it has no IOMMU",
        "Open a device with this address space first");

    public static VfioException PoolExhausted(DmaPool pool) => new(
        VfioErrorKind.PoolExhausted,
        "DmaPool.Rent",
        pool.Buffer.Mapping.AddressSpace.Path,
        $"all {pool.BlockCount} blocks of {pool.BlockLength} bytes are rented",
        "Return blocks that the device has done with, or make a larger pool; TryRent tells without an exception");

    public static InvalidOperationException ReturnedTwice(DmaPool pool, int index) => new(
        $"Block {index} at IOVA {pool.IovaOf(index)} has been returned already; the one who has it now, if anybody, keeps it.");

    public static InvalidOperationException Poisoned(DmaPool pool, int index, int offset) => new(
        $"Block {index} at IOVA {pool.IovaOf(index)} was written to at offset 0x{offset:x} after it had been returned: a device or a span still uses "
        + "it. The block stays out of use.");

    private static VfioException MemoryLock(IVfioKernel kernel, string step, string path, string range, ulong length)
    {
        MemoryLock memory = kernel.GetMemoryLock();
        return memory is { Exempt: false, Limit: { } limit }
            ? new(
                VfioErrorKind.MemoryLockLimit,
                step,
                path,
                $"pinning {range} needs {Size(length)} of locked memory; {Size(memory.Locked)} are locked already, and the process may "
                    + $"lock {Size(limit)} in all",
                "Raise the limit ('ulimit -l', LimitMEMLOCK= of a service, or 'prlimit --memlock'), or map less",
                ENOMEM)
            : new(
                VfioErrorKind.OutOfMemory,
                step,
                path,
                $"the kernel had no memory to pin or to map {range}; no limit of locked memory applies",
                "Free memory, or map less",
                ENOMEM);
    }

    private static string Range(Iova iova, ulong length)
        => string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes at IOVA {iova}");

    private static string Size(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KiB");
}
