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
}
