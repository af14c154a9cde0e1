using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>Reads the answer of <c>VFIO_DEVICE_GET_REGION_INFO</c> and the capabilities behind it.</summary>
internal static unsafe class RegionInfoReader
{
    /// <summary>Reads the description of one region.</summary>
    /// <exception cref="InvalidDataException">It contradicts itself; the message names the device.</exception>
    public static RegionInfo Parse(string device, int index, ReadOnlySpan<byte> answer)
    {
        var header = MemoryMarshal.Read<vfio_region_info>(answer);
        if (header.size > long.MaxValue || header.offset > long.MaxValue - header.size)
        {
            throw new InvalidDataException($"{Step(device, index)}: 0x{header.size:x} bytes at 0x{header.offset:x} leaves 63 bits.");
        }

        var features = (RegionFeatures)header.flags;
        bool mappable = features.HasFlag(RegionFeatures.Map) && header.size != 0;
        var info = new RegionInfo
        {
            Index = index,
            Size = (long)header.size,
            Features = features,
            FileOffset = (long)header.offset,
            MappableAreas = mappable ? [new RegionArea(0, (long)header.size)] : [],
        };
        if (!features.HasFlag(RegionFeatures.Capabilities))
        {
            return info;
        }

        string step = Step(device, index);
        foreach (InfoCapability capability in new InfoCapabilityChain(answer, header.cap_offset, sizeof(vfio_region_info), step))
        {
            info = (uint)capability.Id switch
            {
                VFIO_REGION_INFO_CAP_SPARSE_MMAP => info with
                {
                    MappableAreas = mappable ? ReadAreas(capability, info.Size, step) : [],
                },
                VFIO_REGION_INFO_CAP_MSIX_MAPPABLE => info with { MsixMappable = true },
                VFIO_REGION_INFO_CAP_TYPE => info with { Kind = ReadKind(capability) },
                _ => info,
            };
        }

        return info;
    }

    private static (uint Type, uint Subtype) ReadKind(InfoCapability capability)
    {
        var kind = capability.Read<vfio_region_info_cap_type>();
        return (kind.type, kind.subtype);
    }

    private static string Step(string device, int index) => $"{device}: VFIO_DEVICE_GET_REGION_INFO of region {index}";

    private static RegionArea[] ReadAreas(InfoCapability capability, long size, string step)
    {
        var header = capability.Read<vfio_region_info_cap_sparse_mmap>();
        ReadOnlySpan<vfio_region_sparse_mmap_area> raw = capability.Tail<vfio_region_sparse_mmap_area>(
            sizeof(vfio_region_info_cap_sparse_mmap), header.nr_areas);
        var areas = new List<RegionArea>(raw.Length);
        foreach (vfio_region_sparse_mmap_area area in raw)
        {
            if (area.size == 0 || area.offset > (ulong)size || area.size > (ulong)size - area.offset)
            {
                throw new InvalidDataException(
                    $"{step}: the mappable area of 0x{area.size:x} bytes at 0x{area.offset:x} does not lie in a region of 0x{size:x} bytes.");
            }

            areas.Add(new RegionArea((long)area.offset, (long)area.size));
        }

        areas.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
        for (int i = 1; i < areas.Count; i++)
        {
            if (areas[i].Offset < areas[i - 1].End)
            {
                throw new InvalidDataException($"{step}: the mappable areas overlap at 0x{areas[i].Offset:x}.");
            }
        }

        return [.. areas];
    }
}
