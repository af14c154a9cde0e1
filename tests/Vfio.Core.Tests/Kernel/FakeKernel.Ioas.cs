using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>The address spaces of iommufd.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const uint MapFlags = (uint)(iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA
        | iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE | iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE);

    public int AllocateIoas(int iommufd, iommu_ioas_alloc* alloc)
        => OnIommufd(iommufd, alloc, sizeof(iommu_ioas_alloc), static (FakeIommufd it, ref iommu_ioas_alloc command) =>
        {
            if (command.flags != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            command.out_ioas_id = it.Create(static (owner, id) => new FakeIoas(owner, id)).Id;
            return 0;
        });

    public int GetIovaRanges(int iommufd, iommu_ioas_iova_ranges* ranges)
        => OnIommufd(iommufd, ranges, sizeof(iommu_ioas_iova_ranges), static (FakeIommufd it, ref iommu_ioas_iova_ranges command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if (it.Get<FakeIoas>(command.ioas_id) is not { } ioas)
            {
                return -Errno.ENOENT;
            }

            IReadOnlyList<(ulong First, ulong Last)> found = ioas.Ranges;
            uint room = command.num_iovas;
            var list = (iommu_iova_range*)command.allowed_iovas;
            for (int i = 0; i < Math.Min(room, found.Count); i++)
            {
                list[i] = new iommu_iova_range { start = found[i].First, last = found[i].Last };
            }

            command.num_iovas = (uint)found.Count;
            command.out_iova_alignment = ioas.Alignment;
            return found.Count > room ? -Errno.EMSGSIZE : 0;
        });

    public int AllowIovas(int iommufd, iommu_ioas_allow_iovas* ranges)
        => OnIommufd(iommufd, ranges, sizeof(iommu_ioas_allow_iovas), static (FakeIommufd it, ref iommu_ioas_allow_iovas command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if (it.Get<FakeIoas>(command.ioas_id) is not { } ioas)
            {
                return -Errno.ENOENT;
            }

            var list = new ReadOnlySpan<iommu_iova_range>((void*)command.allowed_iovas, (int)command.num_iovas);
            List<(ulong First, ulong Last)> allowed = [];
            foreach (iommu_iova_range range in list)
            {
                if (range.start >= range.last || allowed.Exists(other => other.First <= range.last && range.start <= other.Last))
                {
                    return -Errno.EINVAL;
                }

                allowed.Add((range.start, range.last));
            }

            return ioas.Allow(allowed);
        });

    public int MapIoas(int iommufd, iommu_ioas_map* map)
        => OnIommufd(iommufd, map, sizeof(iommu_ioas_map), static (FakeIommufd it, ref iommu_ioas_map command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            int refused = CheckMap(it, command.flags, command.ioas_id, command.iova, command.length, out FakeIoas? ioas);
            return refused != 0 ? refused : MapUser(ioas!, command.user_va, command.length, ref command.iova, command.flags);
        });

    public int MapIoasFile(int iommufd, iommu_ioas_map_file* map)
        => OnIommufd(iommufd, map, sizeof(iommu_ioas_map_file), (FakeIommufd it, ref iommu_ioas_map_file command) =>
        {
            int refused = CheckMap(it, command.flags, command.ioas_id, command.iova, command.length, out FakeIoas? ioas);
            if (refused != 0)
            {
                return refused;
            }

            if (command.length == 0)
            {
                return -Errno.EINVAL;
            }

            if (unchecked(command.start + (command.length - 1)) < command.start)
            {
                return -Errno.EOVERFLOW;
            }

            if (!_open.TryGetValue(command.fd, out FakeDescriptor? descriptor))
            {
                Violations.Add($"IOAS_MAP_FILE of {command.fd}, which is not open");
                return -Errno.EBADF;
            }

            bool write = (command.flags & (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE) != 0;
            FakePages pages = it.AddPages(command.start, command.length, write, descriptor.File);
            return Map(ioas!, [new FakeSlice(pages, command.start % FakeIoas.PageSize, command.length)], ref command.iova, command.flags);
        });

    public int CopyIoas(int iommufd, iommu_ioas_copy* copy)
        => OnIommufd(iommufd, copy, sizeof(iommu_ioas_copy), static (FakeIommufd it, ref iommu_ioas_copy command) =>
        {
            int refused = CheckMap(it, command.flags, command.src_ioas_id, command.dst_iova, command.length, out FakeIoas? source);
            if (refused != 0)
            {
                return refused;
            }

            if (command.src_iova == ulong.MaxValue)
            {
                return -Errno.EOVERFLOW;
            }

            List<FakeSlice> slices = [];
            refused = source!.Find(command.src_iova, command.length, slices);
            if (refused != 0)
            {
                return refused;
            }

            return it.Get<FakeIoas>(command.dst_ioas_id) is { } target
                ? Map(target, slices, ref command.dst_iova, command.flags)
                : -Errno.ENOENT;
        });

    public int UnmapIoas(int iommufd, iommu_ioas_unmap* unmap)
        => OnIommufd(iommufd, unmap, sizeof(iommu_ioas_unmap), (FakeIommufd it, ref iommu_ioas_unmap command) =>
        {
            if (it.Get<FakeIoas>(command.ioas_id) is not { } ioas)
            {
                return -Errno.ENOENT;
            }

            bool all = command is { iova: 0, length: ulong.MaxValue };
            if (!all && (command.iova == ulong.MaxValue || command.length == ulong.MaxValue))
            {
                return -Errno.EOVERFLOW;
            }

            int result = Unmap(ioas, command.iova, command.length, all, out ulong size);
            result = result == 0 && size == 0 && !all ? -Errno.ENOENT : result;
            command.length = size;
            return result;
        });

    public int ChangeProcess(int iommufd, iommu_ioas_change_process* change)
        => OnIommufd(iommufd, change, sizeof(iommu_ioas_change_process), static (FakeIommufd it, ref iommu_ioas_change_process command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            // Memory of the process cannot follow: only the old one knows its addresses.
            return it.Spaces.SelectMany(static ioas => ioas.Areas.Values).All(static area => area.Pages.IsFile) ? 0 : -Errno.EINVAL;
        });

    public int GetPhysicalAddress(int iommufd, iommu_ioas_noiommu_get_pa* query)
        => OnIommufd(iommufd, query, sizeof(iommu_ioas_noiommu_get_pa), (FakeIommufd it, ref iommu_ioas_noiommu_get_pa command) =>
        {
            if (!MayRawIo)
            {
                return -Errno.EPERM;
            }

            if (command.flags != 0 || command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if (command.length == 0)
            {
                return -Errno.EINVAL;
            }

            if (command.iova == ulong.MaxValue)
            {
                return -Errno.EOVERFLOW;
            }

            if (it.Get<FakeIoas>(command.ioas_id) is not { } ioas || ioas.At(command.iova) is not { } area)
            {
                return -Errno.ENOENT;
            }

            if (ioas.Tables.Count == 0 || !ioas.Tables[0].NoIommu)
            {
                return -Errno.EOPNOTSUPP;
            }

            ulong offset = area.Offset + (command.iova - area.Iova);
            ulong end = area.Offset + area.Length;
            ulong next = (offset & ~PageMask) + FakeIoas.PageSize;
            command.out_phys = area.Pages.Physical(offset);
            while (next < end && next - offset < command.length
                && area.Pages.Physical(next) == area.Pages.Physical(next - 1) + 1)
            {
                next += FakeIoas.PageSize;
            }

            command.length = Math.Min(command.length, Math.Min(next, end) - offset);
            return 0;
        });

    /// <summary>What maps and copies are asked before anything else.</summary>
    private static int CheckMap(FakeIommufd it, uint flags, uint id, ulong iova, ulong length, out FakeIoas? ioas)
    {
        ioas = null;
        if ((flags & ~MapFlags) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (iova == ulong.MaxValue || length == ulong.MaxValue)
        {
            return -Errno.EOVERFLOW;
        }

        if ((flags & ~(uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA) == 0)
        {
            return -Errno.EINVAL;
        }

        ioas = it.Get<FakeIoas>(id);
        return ioas is null ? -Errno.ENOENT : 0;
    }

    private static int MapUser(FakeIoas ioas, ulong address, ulong length, ref ulong iova, uint flags)
    {
        if (unchecked(address + length) < address)
        {
            return -Errno.EOVERFLOW;
        }

        if (length == 0)
        {
            return -Errno.EINVAL;
        }

        bool write = (flags & (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE) != 0;
        FakePages pages = ioas.Owner.AddPages(address, length, write, file: null);
        return Map(ioas, [new FakeSlice(pages, address % FakeIoas.PageSize, length)], ref iova, flags);
    }

    private static int Map(FakeIoas ioas, List<FakeSlice> slices, ref ulong iova, uint flags)
        => ioas.Map(
            slices,
            slices.Aggregate(0UL, static (sum, slice) => sum + slice.Length),
            ref iova,
            (flags & (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE) != 0,
            (flags & (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE) != 0,
            (flags & (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA) == 0);

    private int Unmap(FakeIoas ioas, ulong iova, ulong length, bool all, out ulong size)
    {
        size = 0;
        if (!all && length == 0)
        {
            return -Errno.EINVAL;
        }

        ulong last = all ? ulong.MaxValue : unchecked(iova + (length - 1));
        if (last < iova)
        {
            return -Errno.EOVERFLOW;
        }

        if (UnmappedSize is not null)
        {
            size = UnmappedSize(ioas.Areas.Values.Where(area => area.Overlaps(iova, last)).Aggregate(0UL, static (sum, area) => sum + area.Length));
            return 0;
        }

        return ioas.Unmap(iova, last, out size);
    }

    /// <summary>The IOVAs that the page tables of a device cannot reach.</summary>
    internal IEnumerable<(ulong First, ulong Last)> OutsideOf(FakeDevice device)
    {
        if (device.NoIommu || Ranges.Length == 0)
        {
            yield break;
        }

        if (Ranges[0].First != 0)
        {
            yield return (0, Ranges[0].First - 1);
        }

        if (Ranges[^1].Last != ulong.MaxValue)
        {
            yield return (Ranges[^1].Last + 1, ulong.MaxValue);
        }
    }

    /// <summary>The IOVAs that a device takes out of the midst, such as those of its interrupts.</summary>
    internal IEnumerable<(ulong First, ulong Last)> ReservedBy(FakeDevice device)
        => device.NoIommu
            ? []
            : Ranges.Zip(Ranges.Skip(1), static (before, after) => (before.Last + 1, after.First - 1)).Concat(device.Reserved);
}
