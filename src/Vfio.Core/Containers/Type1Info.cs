using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>Reads the answer of <c>VFIO_IOMMU_GET_INFO</c> and the capabilities behind it.</summary>
internal static unsafe class Type1Info
{
    private const string Step = "VFIO_IOMMU_GET_INFO";

    // What type1 manages where a kernel is too old to tell its ranges: below 39 bits, around the x86 interrupt window.
    private static readonly IovaRange[] _defaultRanges =
    [
        new(default, new Iova(0xfedf_ffff)),
        new(new Iova(0xfef0_0000), new Iova((1UL << 39) - 1)),
    ];

    public static AddressSpaceInfo Parse(VfioBackend backend, ReadOnlySpan<byte> answer)
    {
        var header = MemoryMarshal.Read<vfio_iommu_type1_info>(answer);
        var info = new AddressSpaceInfo
        {
            Backend = backend,
            PageSizes = (header.flags & VFIO_IOMMU_INFO_PGSIZES) != 0 ? header.iova_pgsizes : (ulong)SystemPage.Size,
            Ranges = _defaultRanges,
        };
        if ((header.flags & VFIO_IOMMU_INFO_CAPS) == 0)
        {
            return info;
        }

        foreach (InfoCapability capability in new InfoCapabilityChain(answer, header.cap_offset, sizeof(vfio_iommu_type1_info), Step))
        {
            info = (uint)capability.Id switch
            {
                VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE => info with { Ranges = ReadRanges(capability) },
                VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL => info with
                {
                    AvailableMappings = ReadAvailable(capability),
                },
                VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION => ReadMigration(info, capability),
                _ => info,
            };
        }

        return info;
    }

    // iommufd limits memory and not mappings, and says so with the largest number.
    private static uint? ReadAvailable(InfoCapability capability)
        => capability.Read<vfio_iommu_type1_info_dma_avail>().avail is var available and not uint.MaxValue ? available : null;

    private static AddressSpaceInfo ReadMigration(AddressSpaceInfo info, InfoCapability capability)
    {
        var migration = capability.Read<vfio_iommu_type1_info_cap_migration>();
        return info with
        {
            DirtyTrackingPageSizes = migration.pgsize_bitmap,
            MaxDirtyBitmapSize = migration.max_dirty_bitmap_size,
        };
    }

    private static IovaRange[] ReadRanges(InfoCapability capability)
    {
        var header = capability.Read<vfio_iommu_type1_info_cap_iova_range>();
        ReadOnlySpan<vfio_iova_range> raw = capability.Tail<vfio_iova_range>(
            sizeof(vfio_iommu_type1_info_cap_iova_range), header.nr_iovas);
        var ranges = new IovaRange[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            ranges[i] = new IovaRange(new Iova(raw[i].start), new Iova(raw[i].end));
        }

        return IovaRange.Sorted(ranges, Step);
    }
}
