using System.Globalization;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on memory of the process.</summary>
internal static class MemoryErrors
{
    public static VfioException Allocate(long length, DmaPageSize pages, int errno)
    {
        string subject = string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes of {pages} pages");
        bool huge = pages is DmaPageSize.Huge2M or DmaPageSize.Huge1G;
        return huge && errno is ENOMEM or EINVAL
            ? new(
                VfioErrorKind.OutOfMemory,
                "mmap",
                subject,
                "no huge pages of this size are free",
                "Reserve some below /sys/kernel/mm/hugepages (nr_hugepages), or use base or transparent pages",
                errno)
            : new(
                VfioErrorKind.OutOfMemory,
                "mmap",
                subject,
                "the kernel gave no memory",
                "Free memory, or ask for less",
                errno);
    }

    public static VfioException Advise(long length, int errno) => new(
        VfioErrorKind.Refused,
        "madvise(MADV_DONTFORK)",
        string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes"),
        "the kernel would not keep the pages out of forked children",
        "The kernel must be built with CONFIG_ADVISE_SYSCALLS",
        errno);

    public static VfioException Populate(long length, long pageSize, int errno) => new(
        VfioErrorKind.OutOfMemory,
        "madvise(MADV_POPULATE_WRITE)",
        string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes of pages of 0x{pageSize:x}"),
        "the kernel could not fill in all of the pages",
        "Free memory (with huge pages: reserve more below /sys/kernel/mm/hugepages), raise the limit of the control group, or ask for less",
        errno);

    public static VfioException CreateFile(long length, DmaPageSize pages, int errno) => new(
        VfioErrorKind.OutOfMemory,
        "memfd_create",
        string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes of {pages} pages"),
        "the kernel would not make a file of memory",
        pages is DmaPageSize.Huge2M or DmaPageSize.Huge1G
            ? "Use base pages where the kernel has no huge ones of this size; otherwise raise the limit of open files"
            : "Raise the limit of open files ('ulimit -n'), or free memory",
        errno);

    public static VfioException MapFile(long offset, long length, int errno) => new(
        VfioErrorKind.Refused,
        "mmap",
        string.Create(CultureInfo.InvariantCulture, $"0x{length:x} bytes of a file at 0x{offset:x}"),
        "the file could not be mapped into the process",
        errno == EACCES
            ? "Open it for reading and writing, or map it for devices that only read (DmaAccess.Read)"
            : "Give a file of memory, and a part that lies in it on boundaries of its pages",
        errno);
}
