using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Page tables of iommufd: what the hardware has, and what it logs.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>Writes memory as a device would, so that a page table that tracks writes has the pages in its log.</summary>
    public void Touch(FakeHwpt table, ulong iova, ulong length)
    {
        lock (_gate)
        {
            for (ulong page = iova >> 12; table.IsTracking && page <= (iova + (length - 1)) >> 12; page++)
            {
                table.Dirty.Add(page);
            }
        }
    }

    public int GetHardwareInfo(int iommufd, iommu_hw_info* info)
        => OnIommufd(iommufd, info, 32, static (FakeIommufd it, ref iommu_hw_info command) =>
        {
            if ((command.flags & ~(uint)iommufd_hw_info_flags.IOMMU_HW_INFO_FLAG_INPUT_TYPE) != 0
                || ((ReadOnlySpan<byte>)command.__reserved).ContainsAnyExcept((byte)0))
            {
                return -Errno.EOPNOTSUPP;
            }

            if (it.Get<FakeBoundDevice>(command.dev_id) is not { Device: var device })
            {
                return -Errno.ENOENT;
            }

            if (device.NoIommu)
            {
                return -Errno.EOPNOTSUPP;
            }

            var data = new Span<byte>((void*)command.data_uptr, (int)command.data_len);
            data.Clear();
            device.HardwareData.AsSpan(0, Math.Min(data.Length, device.HardwareData.Length)).CopyTo(data);
            command.data_len = (uint)device.HardwareData.Length;
            command.out_data_type = device.HardwareType;
            command.out_max_pasid_log2 = device.PasidWidth;
            command.out_capabilities = device.DirtyTracking ? (ulong)iommufd_hw_capabilities.IOMMU_HW_CAP_DIRTY_TRACKING : 0;
            return 0;
        });

    public int AllocateHwpt(int iommufd, iommu_hwpt_alloc* alloc)
        => OnIommufd(iommufd, alloc, 24, static (FakeIommufd it, ref iommu_hwpt_alloc command) =>
        {
            if (command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if ((command.data_type == 0) != (command.data_len == 0))
            {
                return -Errno.EINVAL;
            }

            if (it.Get<FakeBoundDevice>(command.dev_id) is not { } device)
            {
                return -Errno.ENOENT;
            }

            FakeHwpt? made = null;
            int refused = it.Objects.GetValueOrDefault(command.pt_id) switch
            {
                FakeIoas ioas => Paging(ioas, device.Device, ref command, out made),
                FakeHwpt { Parent: null } parent => Nested(parent, device.Device, ref command, out made),
                _ => -Errno.EINVAL,
            };
            if (refused != 0)
            {
                return refused;
            }

            if ((command.flags & (uint)iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID) != 0)
            {
                if (it.Get<FakeFaultQueue>(command.fault_id) is not { } queue)
                {
                    it.Destroy(made!);
                    return -Errno.ENOENT;
                }

                queue.Users++;
                made!.Queue = queue;
            }

            command.out_hwpt_id = made!.Id;
            return 0;
        });

    public int SetDirtyTracking(int iommufd, iommu_hwpt_set_dirty_tracking* tracking)
        => OnIommufd(iommufd, tracking, sizeof(iommu_hwpt_set_dirty_tracking), static (FakeIommufd it, ref iommu_hwpt_set_dirty_tracking command) =>
        {
            const uint Enable = (uint)iommufd_hwpt_set_dirty_tracking_flags.IOMMU_HWPT_DIRTY_TRACKING_ENABLE;
            if ((command.flags & ~Enable) != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if (it.Get<FakeHwpt>(command.hwpt_id) is not { Parent: null } table)
            {
                return -Errno.ENOENT;
            }

            if (!table.CanTrack)
            {
                return -Errno.EOPNOTSUPP;
            }

            table.IsTracking = command.flags != 0;
            if (table.IsTracking)
            {
                table.Dirty.Clear();
            }

            return 0;
        });

    public int GetDirtyBitmap(int iommufd, iommu_hwpt_get_dirty_bitmap* bitmap)
        => OnIommufd(iommufd, bitmap, sizeof(iommu_hwpt_get_dirty_bitmap), static (FakeIommufd it, ref iommu_hwpt_get_dirty_bitmap command) =>
        {
            const uint NoClear = (uint)iommufd_hwpt_get_dirty_bitmap_flags.IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR;
            if ((command.flags & ~NoClear) != 0 || command.__reserved != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            if (it.Get<FakeHwpt>(command.hwpt_id) is not { Parent: null } table)
            {
                return -Errno.ENOENT;
            }

            ulong last = unchecked(command.iova + (command.length - 1));
            ulong mask = (table.Ioas.Alignment - 1) | unchecked(command.page_size - 1);
            if (command.length == 0 || command.page_size == 0 || (last >= command.iova && ((command.iova | command.length) & mask) != 0))
            {
                return -Errno.EINVAL;
            }

            if (last < command.iova)
            {
                return -Errno.EOVERFLOW;
            }

            if (!table.CanTrack)
            {
                return -Errno.EOPNOTSUPP;
            }

            ReadLog(table, ref command, last, clear: (command.flags & NoClear) == 0);
            return 0;
        });

    private static void ReadLog(FakeHwpt table, ref iommu_hwpt_get_dirty_bitmap command, ulong last, bool clear)
    {
        byte* bits = (byte*)command.data;

        // The kernel stops at the first gap between mappings, and says nothing of it.
        for (ulong iova = command.iova; table.IsTracking && iova <= last && table.Ioas.At(iova) is not null; iova += FakeIoas.PageSize)
        {
            if (table.Dirty.Contains(iova >> 12))
            {
                ulong bit = (iova - command.iova) / command.page_size;
                bits[bit >> 3] |= (byte)(1 << (int)(bit & 7));
                if (clear)
                {
                    table.Dirty.Remove(iova >> 12);
                }
            }

            if (last - iova < FakeIoas.PageSize)
            {
                break;
            }
        }
    }

    private static int Paging(FakeIoas ioas, FakeDevice device, ref iommu_hwpt_alloc command, out FakeHwpt? made)
    {
        const uint Known = (uint)(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_NEST_PARENT
            | iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_DIRTY_TRACKING
            | iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID
            | iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID);
        var flags = (iommufd_hwpt_alloc_flags)command.flags;
        made = null;
        bool nests = flags.HasFlag(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_NEST_PARENT);
        bool faults = flags.HasFlag(iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID);
        if ((command.flags & ~Known) != 0 || command.data_len != 0 || (nests && (faults || !device.Nesting))
            || (flags.HasFlag(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_DIRTY_TRACKING) && !device.DirtyTracking)
            || (flags.HasFlag(iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID) && device.PasidWidth == 0)
            || (device.NoIommu && (command.flags & ~(uint)iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID) != 0))
        {
            return -Errno.EOPNOTSUPP;
        }

        return ioas.Owner.CreateTable(ioas, device, command.flags, out made);
    }

    private static int Nested(FakeHwpt parent, FakeDevice device, ref iommu_hwpt_alloc command, out FakeHwpt? made)
    {
        const uint Known = (uint)(iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID | iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID);
        made = null;
        if ((command.flags & ~Known) != 0 || command.data_len == 0 || !device.Nesting)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (!parent.CanNest || parent.IommuUnit != device.IommuUnit)
        {
            return -Errno.EINVAL;
        }

        uint flags = command.flags;
        parent.Users++;
        made = parent.Owner.Create((it, id) => new FakeHwpt(it, id, parent.Ioas, flags) { Parent = parent, IommuUnit = parent.IommuUnit });
        return 0;
    }
}
