using Vfio.Native;
using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on hardware page tables.</summary>
internal static class PageTableErrors
{
    private const string AllocateStep = nameof(IommufdUapi.IOMMU_HWPT_ALLOC);

    public static VfioException Allocate(string name, string path, HardwarePageTableOptions options, int errno) => errno switch
    {
        EADDRINUSE => new(
            VfioErrorKind.IovaOutOfRange,
            AllocateStep,
            name,
            "a live mapping of the address space lies where the device's IOMMU does not reach",
            "Unmap it, or make the page table of an address space of its own",
            errno),
        EINVAL => new(
            VfioErrorKind.Refused,
            AllocateStep,
            name,
            $"the address space in {path} and the device's IOMMU do not go together",
            "Its pages may be larger than the smallest that is mapped; use an address space of the device's own",
            errno),
        _ => IommufdErrors.Allocate(name, AllocateStep, Describe(options), errno),
    };

    public static VfioException Track(string step, string path, int errno) => errno switch
    {
        EOPNOTSUPP or ENOTTY => new(
            VfioErrorKind.NotSupported,
            step,
            path,
            "the page table does not track what devices write",
            "Make it with HardwarePageTableOptions.TrackDirtyPages, on Linux 6.7 or newer",
            errno),
        EINVAL => new(
            VfioErrorKind.Refused,
            step,
            path,
            "the range is not one of whole pages of the IOMMU's, or the IOMMU would not track",
            "Keep the range to multiples of AddressSpaceInfo.MinPageSize",
            errno),
        ENOMEM => new(
            VfioErrorKind.OutOfMemory, step, path, "the kernel had no memory to look at the bitmap", "Read a shorter range", errno),
        _ => new(
            VfioErrorKind.Refused, step, path, "the kernel would not tell what was written", "The kernel log may name the reason", errno),
    };

    /// <summary>The kernel would end at the first address that is not mapped, and not say so.</summary>
    public static VfioException Hole(string path, Iova first, ulong length) => new(
        VfioErrorKind.NoSuchObject,
        nameof(IommufdUapi.IOMMU_HWPT_GET_DIRTY_BITMAP),
        path,
        $"not all of the 0x{length:x} bytes at IOVA {first} are mapped",
        "Read mapping by mapping; what is not mapped was not written");

    private static string Describe(HardwarePageTableOptions options)
    {
        string[] wishes =
        [
            .. options.TrackDirtyPages ? ["tracks dirty pages"] : Array.Empty<string>(),
            .. options.FaultQueue is not null ? ["hands page faults out"] : Array.Empty<string>(),
            .. options.IsNestingParent ? ["others are nested in"] : Array.Empty<string>(),
            .. options.AllowPasid ? ["serves process address space ids"] : Array.Empty<string>(),
        ];
        return wishes.Length == 0 ? "a page table of its own" : $"a page table that {string.Join(" and ", wishes)}";
    }
}
