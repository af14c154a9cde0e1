using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The type1 model: mappings, their limits, and what the container says of itself.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const ulong PageMask = 0xfff;

    private const ulong PageSizes = 0x4020_1000;

    /// <summary>The ranges that can be mapped.</summary>
    public (ulong First, ulong Last)[] Ranges { get; set; } = [(0, 0xfedf_ffff), (0xfef0_0000, (1UL << 48) - 1)];

    /// <summary>The answer to GET_INFO from its first capability on, instead of the ranges and the limit.</summary>
    public byte[]? IommuCapabilities { get; set; }

    public uint IommuCapabilityOffset { get; set; } = (uint)sizeof(vfio_iommu_type1_info);

    /// <summary>Whether GET_INFO comes with capabilities; kernels before 5.4 have none.</summary>
    public bool TellsRanges { get; set; } = true;

    /// <summary>What GET_INFO asks for in argsz, given what it was offered, instead of the size of its answer.</summary>
    public Func<uint, uint>? IommuArgsz { get; set; }

    public int MappingLimit { get; set; } = 65535;

    public ulong MemoryLockLimit { get; set; } = ulong.MaxValue;

    public ulong MemoryLocked { get; set; }

    public bool MayExceedMemoryLock { get; set; }

    /// <summary>Changes the size that an unmap returns.</summary>
    public Func<ulong, ulong>? UnmappedSize { get; set; }

    public int GetIommuInfo(int container, vfio_iommu_type1_info* info)
        => OnContainer(container, it => GetInfo(it, info), it => GetInfo(it, info));

    public int MapDma(int container, vfio_iommu_type1_dma_map* map)
        => OnContainer(container, it => MapDma(it, map), it => MapDma(it, map));

    public int UnmapDma(int container, vfio_iommu_type1_dma_unmap* unmap)
        => OnContainer(container, it => UnmapDma(it, unmap), it => UnmapDma(it, unmap));

    private int GetInfo(FakeContainer it, vfio_iommu_type1_info* info)
    {
        if (it.Model == VFIO_NOIOMMU_IOMMU)
        {
            return -Errno.ENOTTY;
        }

        if (it.Model == 0 || info->argsz < sizeof(vfio_iommu_type1_info))
        {
            return -Errno.EINVAL;
        }

        byte[] tail = TellsRanges ? IommuCapabilities ?? DefaultCapabilities(it) : [];
        uint size = (uint)(sizeof(vfio_iommu_type1_info) + tail.Length);
        Tell(info, it.IsEmulated ? ~PageMask : PageSizes, tail, Math.Max(info->argsz, size));
        return 0;
    }

    private void Tell(vfio_iommu_type1_info* info, ulong pageSizes, byte[] tail, uint wanted)
    {
        uint offered = info->argsz;
        info->flags = (uint)(VFIO_IOMMU_INFO_PGSIZES | (TellsRanges ? VFIO_IOMMU_INFO_CAPS : 0));
        info->iova_pgsizes = pageSizes;
        info->argsz = IommuArgsz?.Invoke(offered) ?? wanted;
        if (offered >= sizeof(vfio_iommu_type1_info) + tail.Length && TellsRanges)
        {
            info->cap_offset = IommuCapabilityOffset;
            tail.CopyTo(new Span<byte>((byte*)info + sizeof(vfio_iommu_type1_info), tail.Length));
        }
    }

    private int MapDma(FakeContainer it, vfio_iommu_type1_dma_map* map)
    {
        if (it.Model == VFIO_NOIOMMU_IOMMU)
        {
            return -Errno.ENOTTY;
        }

        ulong last = unchecked(map->iova + (map->size - 1));
        if (it.Model == 0 || map->argsz < sizeof(vfio_iommu_type1_dma_map) || map->size == 0 || last < map->iova
            || ((map->iova | map->size | map->vaddr) & PageMask) != 0
            || (!it.IsEmulated && !Array.Exists(Ranges, range => map->iova >= range.First && last <= range.Last)))
        {
            return -Errno.EINVAL;
        }

        if (it.Mappings.Values.Any(mapping => mapping.Overlaps(map->iova, last)))
        {
            return -Errno.EEXIST;
        }

        if (it.Mappings.Count >= MappingLimit)
        {
            return -Errno.ENOSPC;
        }

        ulong locked = it.Mappings.Values.Aggregate(0UL, static (sum, mapping) => sum + mapping.Size);
        if (map->size > MemoryLockLimit - Math.Min(MemoryLockLimit, locked))
        {
            return -Errno.ENOMEM;
        }

        it.Mappings.Add(map->iova, new FakeMapping(map->iova, map->size, map->vaddr, map->flags));
        return 0;
    }

    private int UnmapDma(FakeContainer it, vfio_iommu_type1_dma_unmap* unmap)
    {
        if (it.Model == VFIO_NOIOMMU_IOMMU)
        {
            return -Errno.ENOTTY;
        }

        bool all = (unmap->flags & VFIO_DMA_UNMAP_FLAG_ALL) != 0;
        if (it.Model == 0 || unmap->argsz < sizeof(vfio_iommu_type1_dma_unmap)
            || (all && (!Extensions.Contains((uint)VFIO_UNMAP_ALL) || unmap->iova != 0 || unmap->size != 0))
            || (!all && (unmap->size == 0 || ((unmap->iova | unmap->size) & PageMask) != 0)))
        {
            return -Errno.EINVAL;
        }

        ulong last = all ? ulong.MaxValue : unchecked(unmap->iova + (unmap->size - 1));
        if (last < unmap->iova)
        {
            return -Errno.EOVERFLOW;
        }

        FakeMapping[] hit = [.. it.Mappings.Values.Where(mapping => mapping.Overlaps(unmap->iova, last))];
        if (it.Model == VFIO_TYPE1_IOMMU)
        {
            // Version 1 takes a mapping whose first address is in the range as a whole, and none where the range begins
            // within one; that is a success too.
            hit = hit.Length != 0 && hit[0].Iova < unmap->iova ? [] : hit;
        }
        else if (Array.Exists(hit, mapping => mapping.Iova < unmap->iova || mapping.Last > last))
        {
            // Version 2 does not cut mappings in two.
            return -Errno.EINVAL;
        }

        ulong size = hit.Aggregate(0UL, static (sum, mapping) => sum + mapping.Size);
        if (UnmappedSize is not null)
        {
            unmap->size = UnmappedSize(size);
            return 0;
        }

        foreach (FakeMapping mapping in hit)
        {
            it.Mappings.Remove(mapping.Iova);
        }

        unmap->size = size;
        return 0;
    }

    private byte[] DefaultCapabilities(FakeContainer container)
    {
        var ranges = new AnswerTail(sizeof(vfio_iommu_type1_info));
        if (!container.IsEmulated)
        {
            ranges.Add(
                VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE,
                [(uint)Ranges.Length, 0u, .. Ranges.SelectMany(static range => Words(range.First, range.Last))]);
        }

        ranges.Add(VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, [(uint)(MappingLimit - container.Mappings.Count)]);
        return ranges.ToArray();
    }

    private static uint[] Words(params ReadOnlySpan<ulong> values) => [.. MemoryMarshal.Cast<ulong, uint>(values)];
}
