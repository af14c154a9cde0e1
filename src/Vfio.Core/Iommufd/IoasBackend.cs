using System.Numerics;
using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.IommufdUapi;

namespace Vfio.Core;

/// <summary>An address space that is an IOAS of iommufd's, whose devices are opened one by one.</summary>
internal sealed unsafe class IoasBackend : IommuBackend
{
    private const int MaxRanges = 1 << 16;

    private readonly VfioHost _host;
    private readonly IVfioKernel _kernel;

    // Valid until the release, before which no call needs a lease.
    private readonly int _iommufd;
    private readonly uint _id;

    private IoasBackend(VfioHost host, IommufdObject ioas, bool isIsolated)
    {
        _host = host;
        _kernel = host.Kernel;
        Ioas = ioas;
        IsIsolated = isIsolated;
        _iommufd = (int)ioas.Iommufd.DangerousGetHandle();
        _id = (uint)ioas.DangerousGetHandle();
    }

    /// <summary>The IOAS.</summary>
    public IommufdObject Ioas { get; }

    public override SafeHandle KernelObject => Ioas;

    public override VfioBackend? Kind => VfioBackend.Iommufd;

    public override string Path => Ioas.Iommufd.Path;

    public override string MapStep => nameof(IOMMU_IOAS_MAP);

    public override string InfoStep => nameof(IOMMU_IOAS_IOVA_RANGES);

    public override bool IsIsolated { get; }

    public override bool TakesMappingsAtOnce => true;

    // Pages are pinned for a device, and only then is it known where they lie.
    public override bool EndsWithLastDevice => !IsIsolated;

    public override bool MapsFiles => Ioas.Iommufd.MapsFiles;

    /// <summary>The IOAS behind an address space, for what only iommufd can do.</summary>
    /// <exception cref="VfioException">There is a container behind it.</exception>
    public static IoasBackend Of(AddressSpace space, string step, string what) => space.Iommu as IoasBackend
        ?? throw BackendErrors.NotSupported(step, space.Path, space.Iommu.Kind, what, "Use iommufd");

    /// <summary>Makes an IOAS, in this process's iommufd or in the one that was passed in.</summary>
    public static IoasBackend Open(VfioHost host, AddressSpaceOptions options)
    {
        IommufdHandle iommufd = OpenContext(host, options);
        IommufdObject ioas;
        try
        {
            ioas = Allocate(iommufd);
        }
        finally
        {
            // The object holds the context from here on, or nobody does.
            iommufd.DangerousRelease();
        }

        try
        {
            if (!options.LargePages)
            {
                using IommufdObjectLease lease = ioas.Lease();
                iommufd.SetOption(iommufd_option.IOMMU_OPTION_HUGE_PAGES, lease.Id, 0);
            }

            return new IoasBackend(host, ioas, !options.AllowUnsafeNoIommu);
        }
        catch
        {
            ioas.Dispose();
            throw;
        }
    }

    public override AddressSpaceInfo QueryInfo()
    {
        using IommufdObjectLease ioas = Ioas.Lease();
        iommu_iova_range[] ranges = new iommu_iova_range[16];
        while (true)
        {
            fixed (iommu_iova_range* first = ranges)
            {
                var query = new iommu_ioas_iova_ranges
                {
                    size = (uint)sizeof(iommu_ioas_iova_ranges),
                    ioas_id = ioas.Id,
                    num_iovas = (uint)ranges.Length,
                    allowed_iovas = (ulong)first,
                };
                int result = _kernel.GetIovaRanges(ioas.Iommufd, &query);
                if (result >= 0 && query.num_iovas <= ranges.Length)
                {
                    return Describe(query, ranges.AsSpan(0, (int)query.num_iovas));
                }

                if (result != -Errno.EMSGSIZE)
                {
                    throw IommufdErrors.Query(Path, InfoStep, "what can be mapped", -result);
                }

                if (query.num_iovas > MaxRanges || query.num_iovas <= ranges.Length)
                {
                    throw new InvalidDataException($"{InfoStep}: the kernel tells of {query.num_iovas} ranges.");
                }

                ranges = new iommu_iova_range[query.num_iovas];
            }
        }
    }

    public override Iova Map(Iova iova, in DmaSource source, ulong length, DmaAccess access)
    {
        int result = source.File is { } file && MapsFiles
            ? MapFile(iova, file, source.FileOffset, length, access)
            : MapMemory(iova, source.Address, length, access);
        if (result < 0)
        {
            throw MapError(iova, length, -result);
        }

        return IsIsolated ? iova : PhysicalAddress(iova, length);
    }

    public override int MapMemory(Iova iova, nint address, ulong length, DmaAccess access)
    {
        var map = new iommu_ioas_map
        {
            size = (uint)sizeof(iommu_ioas_map),
            flags = Flags(access),
            ioas_id = _id,
            user_va = (ulong)address,
            length = length,
            iova = iova,
        };
        return _kernel.MapIoas(_iommufd, &map);
    }

    public override VfioException MapError(Iova iova, ulong length, int errno) => DmaErrors.Map(_kernel, MapStep, Path, iova, length, errno);

    public override DmaSource SourceOf(IDeviceTransport device, RegionInfo region, long offset, long length)
        => new(0, File: device.Export(region, offset, length));

    public override void Unmap(Iova iova, ulong length)
    {
        var unmap = new iommu_ioas_unmap
        {
            size = (uint)sizeof(iommu_ioas_unmap),
            ioas_id = _id,
            iova = iova,
            length = length,
        };
        int result = _kernel.UnmapIoas(_iommufd, &unmap);

        // Nothing to unmap is an error of its own here, and a success of zero bytes with containers.
        ulong unmapped = result == -Errno.ENOENT ? 0 : unmap.length;
        if ((result < 0 && result != -Errno.ENOENT) || unmapped != length)
        {
            throw DmaErrors.Unmap(nameof(IOMMU_IOAS_UNMAP), Path, iova, length, unmapped, result is < 0 and not -Errno.ENOENT ? -result : 0);
        }
    }

    public override bool TryUnmapAll()
    {
        using IommufdObjectLease ioas = Ioas.Lease();
        var unmap = new iommu_ioas_unmap { size = (uint)sizeof(iommu_ioas_unmap), ioas_id = ioas.Id, length = ulong.MaxValue };
        return _kernel.UnmapIoas(ioas.Iommufd, &unmap) >= 0;
    }

    public override bool TryCopy(IommuBackend source, Iova from, Iova to, ulong length, DmaAccess access)
    {
        if (source is not IoasBackend other || !ReferenceEquals(other.Ioas.Iommufd, Ioas.Iommufd) || !IsIsolated || !other.IsIsolated)
        {
            return false;
        }

        using IommufdObjectLease target = Ioas.Lease();
        using IommufdObjectLease origin = other.Ioas.Lease();
        var copy = new iommu_ioas_copy
        {
            size = (uint)sizeof(iommu_ioas_copy),
            flags = Flags(access),
            dst_ioas_id = target.Id,
            src_ioas_id = origin.Id,
            length = length,
            dst_iova = to,
            src_iova = from,
        };
        int result = _kernel.CopyIoas(target.Iommufd, &copy);
        return result >= 0 ? true : throw DmaErrors.Map(_kernel, nameof(IOMMU_IOAS_COPY), Path, to, length, -result);
    }

    public override void AllowIovas(ReadOnlySpan<IovaRange> ranges)
    {
        using IommufdObjectLease ioas = Ioas.Lease();
        var raw = new iommu_iova_range[ranges.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            raw[i] = new iommu_iova_range { start = ranges[i].First, last = ranges[i].Last };
        }

        fixed (iommu_iova_range* first = raw)
        {
            var allow = new iommu_ioas_allow_iovas
            {
                size = (uint)sizeof(iommu_ioas_allow_iovas),
                ioas_id = ioas.Id,
                num_iovas = (uint)raw.Length,
                allowed_iovas = (ulong)first,
            };
            int result = _kernel.AllowIovas(ioas.Iommufd, &allow);
            if (result < 0)
            {
                throw IommufdErrors.AllowIovas(Path, -result);
            }
        }
    }

    public override void ChangeProcess()
    {
        using DescriptorLease iommufd = Ioas.Iommufd.Lease();
        var change = new iommu_ioas_change_process { size = (uint)sizeof(iommu_ioas_change_process) };
        int result = _kernel.ChangeProcess(iommufd.Fd, &change);
        if (result < 0)
        {
            throw IommufdErrors.ChangeProcess(Path, -result);
        }
    }

    public override IOpenGroup OpenGroup(AddressSpace space, HostDevice device, SafeHandle? node, Action<IOpenGroup> closed)
        => new CdevGroup(device.OwnedUnit, space, closed);

    public override OpenedDevice OpenDevice(OpenFunction function, HostDevice device, IOpenGroup group, in DeviceAccess access)
        => new CdevOpener(_host).Open(function, device, (CdevGroup)group, access);

    public override void Release() => Ioas.Dispose();

    private static IommufdHandle OpenContext(VfioHost host, AddressSpaceOptions options)
        => options.Node is { } node ? host.Iommufds.Acquire(node, options.Accounting) : host.Iommufds.Acquire(options.Accounting);

    private static IommufdObject Allocate(IommufdHandle iommufd)
    {
        using DescriptorLease lease = iommufd.Lease();
        var alloc = new iommu_ioas_alloc { size = (uint)sizeof(iommu_ioas_alloc) };
        int result = iommufd.Kernel.AllocateIoas(lease.Fd, &alloc);
        return result >= 0
            ? new IommufdObject(iommufd, alloc.out_ioas_id)
            : throw IommufdErrors.Allocate(iommufd.Path, nameof(IOMMU_IOAS_ALLOC), "an I/O address space", -result);
    }

    // Not by HasFlag, which makes garbage until the compiler has come to its last version of this.
    private static uint Flags(DmaAccess access)
    {
        iommufd_ioas_map_flags flags = iommufd_ioas_map_flags.IOMMU_IOAS_MAP_FIXED_IOVA;
        if ((access & DmaAccess.Read) != DmaAccess.None)
        {
            flags |= iommufd_ioas_map_flags.IOMMU_IOAS_MAP_READABLE;
        }

        if ((access & DmaAccess.Write) != DmaAccess.None)
        {
            flags |= iommufd_ioas_map_flags.IOMMU_IOAS_MAP_WRITEABLE;
        }

        return (uint)flags;
    }

    private static AddressSpaceInfo Describe(in iommu_ioas_iova_ranges answer, ReadOnlySpan<iommu_iova_range> raw)
    {
        var ranges = new IovaRange[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            ranges[i] = new IovaRange(new Iova(raw[i].start), new Iova(raw[i].last));
        }

        return new AddressSpaceInfo
        {
            Backend = VfioBackend.Iommufd,

            // Without a device no IOMMU has said anything, and what the process can map are its pages.
            PageSizes = BitOperations.RoundUpToPowerOf2(Math.Max(answer.out_iova_alignment, (ulong)SystemPage.Size)),
            Ranges = IovaRange.Sorted(ranges, nameof(IOMMU_IOAS_IOVA_RANGES)),
        };
    }

    private int MapFile(Iova iova, SafeHandle file, long offset, ulong length, DmaAccess access)
    {
        using var lease = new PassedLease(file);
        var map = new iommu_ioas_map_file
        {
            size = (uint)sizeof(iommu_ioas_map_file),
            flags = Flags(access),
            ioas_id = _id,
            fd = lease.Fd,
            start = (ulong)offset,
            length = length,
            iova = iova,
        };
        return _kernel.MapIoasFile(_iommufd, &map);
    }

    private Iova PhysicalAddress(Iova iova, ulong length)
    {
        var query = new iommu_ioas_noiommu_get_pa
        {
            size = (uint)sizeof(iommu_ioas_noiommu_get_pa),
            ioas_id = _id,
            iova = iova,
            length = length,
        };
        int result = _kernel.GetPhysicalAddress(_iommufd, &query);
        if (result >= 0 && query.length == length)
        {
            return new Iova(query.out_phys);
        }

        Unmap(iova, length);
        throw result < 0
            ? IommufdErrors.PhysicalAddress(Path, iova, -result)
            : DmaErrors.Scattered(nameof(IOMMU_IOAS_NOIOMMU_GET_PA), Path, length, query.length);
    }
}
