using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Calls of iommufd and of device nodes with their structures filled in, for tests of the fake kernel itself.</summary>
internal sealed unsafe class RawIommufd
{
    public const uint Fixed = (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA;
    public const uint Read = (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE;
    public const uint Write = (uint)iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE;
    public const uint Memory = 0x7f00_0000;

    /// <summary>A page table that is nothing more.</summary>
    public const iommufd_hwpt_alloc_flags Plain = default;

    private readonly FakeMachine _machine;

    public RawIommufd(FakeMachine machine)
    {
        _machine = machine;
        Fd = Open(machine.Sysfs.Paths.IommufdNode);
    }

    public int Fd { get; }

    private FakeKernel Kernel => _machine.Kernel;

    public int Open(string path) => Kernel.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC);

    public int OpenCdev(string address = FakeMachine.Address) => Open(_machine.CdevNode(address));

    public int Destroy(uint id)
    {
        var command = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = id };
        return Kernel.DestroyObject(Fd, &command);
    }

    public uint AllocateIoas()
    {
        var command = new iommu_ioas_alloc { size = (uint)sizeof(iommu_ioas_alloc) };
        Assert.Equal(0, Kernel.AllocateIoas(Fd, &command));
        return command.out_ioas_id;
    }

    public int Map(uint ioas, ulong iova, ulong length = 4096, uint flags = Fixed | Read | Write, ulong address = Memory)
        => Map(ioas, ref iova, length, flags, address);

    public int Map(uint ioas, ref ulong iova, ulong length, uint flags, ulong address = Memory)
    {
        var command = new iommu_ioas_map
        {
            size = (uint)sizeof(iommu_ioas_map),
            ioas_id = ioas,
            flags = flags,
            iova = iova,
            length = length,
            user_va = address,
        };
        int result = Kernel.MapIoas(Fd, &command);
        iova = command.iova;
        return result;
    }

    public int MapFile(uint ioas, int file, ulong iova, ulong length, ulong start = 0)
    {
        var command = new iommu_ioas_map_file
        {
            size = (uint)sizeof(iommu_ioas_map_file),
            ioas_id = ioas,
            flags = Fixed | Read | Write,
            fd = file,
            iova = iova,
            length = length,
            start = start,
        };
        return Kernel.MapIoasFile(Fd, &command);
    }

    public int Copy(uint source, ulong sourceIova, uint target, ulong targetIova, ulong length, uint flags = Fixed | Read | Write)
    {
        var command = new iommu_ioas_copy
        {
            size = (uint)sizeof(iommu_ioas_copy),
            flags = flags,
            src_ioas_id = source,
            src_iova = sourceIova,
            dst_ioas_id = target,
            dst_iova = targetIova,
            length = length,
        };
        return Kernel.CopyIoas(Fd, &command);
    }

    public int Unmap(uint ioas, ulong iova, ulong length, out ulong unmapped)
    {
        var command = new iommu_ioas_unmap { size = (uint)sizeof(iommu_ioas_unmap), ioas_id = ioas, iova = iova, length = length };
        int result = Kernel.UnmapIoas(Fd, &command);
        unmapped = command.length;
        return result;
    }

    public (int Result, (ulong First, ulong Last)[] Ranges, uint Count, ulong Alignment) GetRanges(uint ioas, int room = 8)
    {
        iommu_iova_range* list = stackalloc iommu_iova_range[Math.Max(room, 1)];
        var command = new iommu_ioas_iova_ranges
        {
            size = (uint)sizeof(iommu_ioas_iova_ranges),
            ioas_id = ioas,
            num_iovas = (uint)room,
            allowed_iovas = (ulong)list,
        };
        int result = Kernel.GetIovaRanges(Fd, &command);
        var ranges = new (ulong First, ulong Last)[Math.Min(room, command.num_iovas)];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = (list[i].start, list[i].last);
        }

        return (result, ranges, command.num_iovas, command.out_iova_alignment);
    }

    public int Allow(uint ioas, params ReadOnlySpan<iommu_iova_range> ranges)
    {
        fixed (iommu_iova_range* list = ranges)
        {
            var command = new iommu_ioas_allow_iovas
            {
                size = (uint)sizeof(iommu_ioas_allow_iovas),
                ioas_id = ioas,
                num_iovas = (uint)ranges.Length,
                allowed_iovas = (ulong)list,
            };
            return Kernel.AllowIovas(Fd, &command);
        }
    }

    public int ChangeProcess()
    {
        var command = new iommu_ioas_change_process { size = (uint)sizeof(iommu_ioas_change_process) };
        return Kernel.ChangeProcess(Fd, &command);
    }

    public int GetPhysical(uint ioas, ulong iova, ref ulong length, out ulong physical)
    {
        var command = new iommu_ioas_noiommu_get_pa
        {
            size = (uint)sizeof(iommu_ioas_noiommu_get_pa),
            ioas_id = ioas,
            iova = iova,
            length = length,
        };
        int result = Kernel.GetPhysicalAddress(Fd, &command);
        (length, physical) = (command.length, command.out_phys);
        return result;
    }

    public int Option(iommufd_option option, iommufd_option_ops operation, ref ulong value, uint id = 0)
    {
        var command = new iommu_option
        {
            size = (uint)sizeof(iommu_option),
            option_id = (uint)option,
            op = (ushort)operation,
            object_id = id,
            val64 = value,
        };
        int result = Kernel.Option(Fd, &command);
        value = command.val64;
        return result;
    }

    public int VfioIoas(iommufd_vfio_ioas_op operation, ref uint id)
    {
        var command = new iommu_vfio_ioas { size = (uint)sizeof(iommu_vfio_ioas), op = (ushort)operation, ioas_id = id };
        int result = Kernel.VfioIoas(Fd, &command);
        id = command.ioas_id;
        return result;
    }

    public int AllocateHwpt(uint device, uint parent, iommufd_hwpt_alloc_flags flags, out uint id, uint queue = 0)
    {
        var command = new iommu_hwpt_alloc
        {
            size = (uint)sizeof(iommu_hwpt_alloc),
            dev_id = device,
            pt_id = parent,
            flags = (uint)flags,
            fault_id = queue,
        };
        int result = Kernel.AllocateHwpt(Fd, &command);
        id = command.out_hwpt_id;
        return result;
    }

    public (uint Id, int Fd) AllocateQueue()
    {
        var command = new iommu_fault_alloc { size = (uint)sizeof(iommu_fault_alloc) };
        Assert.Equal(0, Kernel.AllocateFaultQueue(Fd, &command));
        return (command.out_fault_id, (int)command.out_fault_fd);
    }

    public int Bind(int cdev, out uint id, Guid? token = null, int? iommufd = null)
    {
        Span<byte> uuid = stackalloc byte[16];
        token?.TryWriteBytes(uuid, bigEndian: true, out _);
        fixed (byte* address = uuid)
        {
            var command = new vfio_device_bind_iommufd
            {
                argsz = (uint)sizeof(vfio_device_bind_iommufd),
                flags = token is null ? 0 : (uint)VFIO_DEVICE_BIND_FLAG_TOKEN,
                iommufd = iommufd ?? Fd,
                token_uuid_ptr = (ulong)address,
            };
            int result = Kernel.BindIommufd(cdev, &command);
            id = command.out_devid;
            return result;
        }
    }

    public int Attach(int cdev, ref uint table, uint? pasid = null)
    {
        var command = new vfio_device_attach_iommufd_pt
        {
            argsz = (uint)sizeof(vfio_device_attach_iommufd_pt),
            flags = pasid is null ? 0 : (uint)VFIO_DEVICE_ATTACH_PASID,
            pt_id = table,
            pasid = pasid ?? 0,
        };
        int result = Kernel.AttachIommufd(cdev, &command);
        table = command.pt_id;
        return result;
    }

    public int Attach(int cdev, uint table) => Attach(cdev, ref table);

    public int Detach(int cdev)
    {
        var command = new vfio_device_detach_iommufd_pt { argsz = (uint)sizeof(vfio_device_detach_iommufd_pt) };
        return Kernel.DetachIommufd(cdev, &command);
    }

    /// <summary>A device that is bound, by its number and its descriptor.</summary>
    public (uint Id, int Fd) Take(string address = FakeMachine.Address)
    {
        int cdev = OpenCdev(address);
        Assert.Equal(0, Bind(cdev, out uint id));
        return (id, cdev);
    }

    public int GetDeviceInfo(int device)
    {
        var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
        return Kernel.GetDeviceInfo(device, &info);
    }
}
