using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The calls of containers on an iommufd, which work on one of its address spaces.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>What stands for the node of containers in <see cref="Nodes"/> where iommufd provides it.</summary>
    public static object CompatNode { get; } = new();

    private int CheckExtension(FakeIommufd iommufd, uint extension) => extension switch
    {
        (uint)VFIO_TYPE1_IOMMU or (uint)VFIO_TYPE1v2_IOMMU or (uint)VFIO_UNMAP_ALL
            => !iommufd.NoIommuMode && Extensions.Contains(extension) ? 1 : 0,
        (uint)VFIO_NOIOMMU_IOMMU => NoIommu ? 1 : 0,
        (uint)VFIO_DMA_CC_IOMMU => iommufd.VfioIoas is null ? -Errno.ENODEV : 1,
        _ => 0,
    };

    private int SetIommu(FakeIommufd iommufd, uint type)
    {
        if (type == VFIO_NOIOMMU_IOMMU && iommufd.NoIommuMode)
        {
            return MayRawIo ? 0 : -Errno.EPERM;
        }

        if (type is not ((uint)VFIO_TYPE1_IOMMU or (uint)VFIO_TYPE1v2_IOMMU) || iommufd.NoIommuMode || !Extensions.Contains(type))
        {
            return -Errno.EINVAL;
        }

        if (iommufd.VfioIoas is not { } ioas)
        {
            return -Errno.ENODEV;
        }

        // Only small pages can be cut wherever version 1 wants to unmap.
        return type == VFIO_TYPE1_IOMMU ? ioas.DisableLargePages() : 0;
    }

    private int GetInfo(FakeIommufd iommufd, vfio_iommu_type1_info* info)
    {
        const int Minimum = 16;
        if (info->argsz < Minimum)
        {
            return -Errno.EINVAL;
        }

        if (iommufd.VfioIoas is not { } ioas)
        {
            return -Errno.ENODEV;
        }

        byte[] tail = TellsRanges ? IommuCapabilities ?? CompatCapabilities(ioas) : [];
        Tell(info, ioas.Tables.Count == 0 ? ~PageMask : PageSizes, tail, (uint)(sizeof(vfio_iommu_type1_info) + tail.Length));
        return 0;
    }

    private static int MapDma(FakeIommufd iommufd, vfio_iommu_type1_dma_map* map)
    {
        const uint Known = (uint)(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
        if (map->argsz < sizeof(vfio_iommu_type1_dma_map) || (map->flags & ~Known) != 0)
        {
            return -Errno.EINVAL;
        }

        if (iommufd.VfioIoas is not { } ioas)
        {
            return -Errno.ENODEV;
        }

        uint flags = (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA
            | ((map->flags & VFIO_DMA_MAP_FLAG_READ) != 0 ? (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE : 0)
            | ((map->flags & VFIO_DMA_MAP_FLAG_WRITE) != 0 ? (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE : 0);
        ulong iova = map->iova;
        return MapUser(ioas, map->vaddr, map->size, ref iova, flags);
    }

    private int UnmapDma(FakeIommufd iommufd, vfio_iommu_type1_dma_unmap* unmap)
    {
        if (unmap->argsz < sizeof(vfio_iommu_type1_dma_unmap) || (unmap->flags & ~(uint)VFIO_DMA_UNMAP_FLAG_ALL) != 0)
        {
            return -Errno.EINVAL;
        }

        if (iommufd.VfioIoas is not { } ioas)
        {
            return -Errno.ENODEV;
        }

        bool all = unmap->flags != 0;
        if (all && (unmap->iova != 0 || unmap->size != 0))
        {
            return -Errno.EINVAL;
        }

        int result = all || !ioas.SmallPages ? 0 : ioas.CutBehind(unchecked(unmap->iova + (unmap->size - 1)));
        result = result == 0 && !all && ioas.SmallPages && unmap->iova != 0 ? ioas.CutBehind(unmap->iova - 1) : result;
        if (result != 0)
        {
            return result;
        }

        result = Unmap(ioas, unmap->iova, unmap->size, all, out ulong size);
        unmap->size = size;
        return result;
    }

    /// <summary>Makes an iommufd stand in for the container of a group.</summary>
    private static int SetContainer(FakeGroup group, FakeIommufd iommufd)
    {
        if (group.Kind == FakeGroupKind.NoIommu)
        {
            if (iommufd.VfioIoas is not null)
            {
                return -Errno.EINVAL;
            }

            iommufd.NoIommuMode = true;
        }
        else if (iommufd.NoIommuMode)
        {
            return -Errno.EINVAL;
        }
        else if (iommufd.VfioIoas is null)
        {
            FakeIoas made = iommufd.Create(static (it, id) => new FakeIoas(it, id));
            made.Automatic = true;
            iommufd.VfioIoas = made;
        }

        group.Iommufd = iommufd;
        iommufd.Groups.Add(group);
        return 0;
    }

    /// <summary>Opens a device of a group whose container is an iommufd.</summary>
    private int OpenCompat(FakeDevice device, FakeIommufd iommufd)
    {
        if (device.OpenCount != 0)
        {
            return 0;
        }

        if (device.NoIommu)
        {
            // A space would mean that somebody expects translation.
            return MayRawIo && iommufd.VfioIoas is null ? FirstOpen(device, null) : -Errno.EPERM;
        }

        int refused = FirstOpen(device, iommufd);
        if (refused != 0)
        {
            return refused;
        }

        uint id = iommufd.VfioIoas?.Id ?? 0;
        refused = id == 0 ? -Errno.ENODEV : Attach(device, null, ref id);
        if (refused != 0)
        {
            device.OpenCount++;
            LastClose(device);
        }

        return refused;
    }

    private static byte[] CompatCapabilities(FakeIoas ioas)
    {
        IReadOnlyList<(ulong First, ulong Last)> ranges = ioas.Ranges;
        var tail = new AnswerTail(sizeof(vfio_iommu_type1_info));
        tail.Add(VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL, [uint.MaxValue]);
        tail.Add(
            VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE,
            [(uint)ranges.Count, 0u, .. ranges.SelectMany(static range => Words(range.First, range.Last))]);
        return tail.ToArray();
    }
}
