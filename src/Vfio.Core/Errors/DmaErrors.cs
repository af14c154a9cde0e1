using System.Globalization;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on mappings, and the refusals that come before the kernel is asked.</summary>
internal static class DmaErrors
{
    private const string MapStep = "VFIO_IOMMU_MAP_DMA";
    private const string UnmapStep = "VFIO_IOMMU_UNMAP_DMA";

    public static VfioException Map(IVfioKernel kernel, string path, Iova iova, ulong length, int errno)
    {
        string range = Range(iova, length);
        return errno switch
        {
            ENOMEM => MemoryLock(kernel, path, range, length),
            EEXIST => Overlap(path, iova, length, errno),
            ENOSPC => new(
                VfioErrorKind.MappingLimit,
                MapStep,
                path,
                $"the container has no mapping left for {range}",
                "Map fewer, larger pieces, or raise vfio_iommu_type1's parameter dma_entry_limit (65535 by default)",
                errno),
            EFAULT => new(
                VfioErrorKind.Refused,
                MapStep,
                path,
                $"the memory behind {range} cannot be pinned: part of it is not mapped in the process, or not writable",
                "Map whole, existing pages, writable ones unless the device only reads",
                errno),
            _ => new(
                VfioErrorKind.Refused,
                MapStep,
                path,
                $"the kernel refused to map {range}",
                "Check that address, IOVA and length are multiples of the page size and lie within the address space's ranges",
                errno),
        };
    }

    public static VfioException Unmap(string path, Iova iova, ulong length, ulong unmapped, int errno) => errno != 0
        ? new(
            VfioErrorKind.Refused,
            UnmapStep,
            path,
            $"the kernel refused to unmap {Range(iova, length)}",
            "Unmap exactly what was mapped, once",
            errno)
        : new(
            VfioErrorKind.UnmapMismatch,
            UnmapStep,
            path,
            $"{unmapped} bytes were unmapped where {Range(iova, length)} was asked for",
            "Take the address space out of use, for its books and the kernel's differ; other code may be using the same container");

    public static VfioException Overlap(string path, Iova iova, ulong length, int errno = 0) => new(
        VfioErrorKind.OverlappingMapping,
        MapStep,
        path,
        $"{Range(iova, length)} overlaps a live mapping",
        "Unmap what is there first, or leave the address to the library",
        errno);

    public static VfioException OutOfRange(string path, Iova iova, ulong length, IReadOnlyList<IovaRange> ranges) => new(
        VfioErrorKind.IovaOutOfRange,
        MapStep,
        path,
        $"{Range(iova, length)} lies outside what the IOMMU can map ({string.Join(", ", ranges)})",
        "Choose an address inside one of these ranges, or leave the address to the library");

    public static VfioException Exhausted(string path, ulong length, DmaMapOptions options, IReadOnlyList<IovaRange> ranges) => new(
        VfioErrorKind.IovaExhausted,
        MapStep,
        path,
        $"no free range of 0x{length:x} bytes is left below {options.AddressBits} address bits ({string.Join(", ", ranges)})",
        "Unmap something, or allow more address bits if the device drives them");

    public static VfioException NoDevice(string path, string step) => new(
        VfioErrorKind.Refused,
        step,
        path,
        "no device is attached to the address space, and without one it has no IOMMU",
        "Open a device with this address space first");

    private static VfioException MemoryLock(IVfioKernel kernel, string path, string range, ulong length)
    {
        MemoryLock memory = kernel.GetMemoryLock();
        return memory is { Exempt: false, Limit: { } limit }
            ? new(
                VfioErrorKind.MemoryLockLimit,
                MapStep,
                path,
                $"pinning {range} needs {Size(length)} of locked memory; {Size(memory.Locked)} are locked already, and the process may "
                    + $"lock {Size(limit)} in all",
                "Raise the limit ('ulimit -l', LimitMEMLOCK= of a service, or 'prlimit --memlock'), or map less",
                ENOMEM)
            : new(
                VfioErrorKind.OutOfMemory,
                MapStep,
                path,
                $"the kernel had no memory to pin or to map {range}; no limit of locked memory applies",
                "Free memory, or map less",
                ENOMEM);
    }

    private static string Range(Iova iova, ulong length)
        => string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes at IOVA {iova}");

    private static string Size(ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KiB");
}
