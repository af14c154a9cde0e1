using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>
/// An address space that is a VFIO container: with a type1 model, version 1 or 2, that VFIO itself or iommufd in its place provides, or
/// without an IOMMU.
/// </summary>
internal sealed unsafe class ContainerBackend : IommuBackend
{
    private readonly VfioHost _host;
    private readonly IVfioKernel _kernel;
    private readonly IReadOnlyList<ContainerModel> _wanted;
    private readonly int _fd;
    private ContainerModel? _model;

    private ContainerBackend(VfioHost host, ContainerHandle container, bool isIommufd, IReadOnlyList<ContainerModel> wanted)
    {
        _host = host;
        _kernel = host.Kernel;
        Container = container;
        _fd = (int)container.DangerousGetHandle();
        IsIommufd = isIommufd;
        _wanted = wanted;
    }

    /// <summary>The container.</summary>
    public ContainerHandle Container { get; }

    /// <summary>Whether iommufd answers in the container's place. Mappings are then in an IOAS, and outlive the last device.</summary>
    public bool IsIommufd { get; }

    public override VfioBackend? Kind => (_model ?? (_wanted.Count == 1 ? _wanted[0] : null)) is { } model ? model.ToBackend(IsIommufd) : null;

    public override SafeHandle KernelObject => Container;

    public override string Path => Container.Path;

    public override string MapStep => nameof(VFIO_IOMMU_MAP_DMA);

    public override string InfoStep => nameof(VFIO_IOMMU_GET_INFO);

    public override bool IsIsolated => _wanted[0] != ContainerModel.NoIommu;

    public override bool TakesMappingsAtOnce => HasForeignGroups || (IsIommufd && IsIsolated);

    public override bool OutlivesRelease => HasForeignGroups;

    /// <summary>Whether whoever passed the container in has put groups into it, and given it its IOMMU.</summary>
    public bool HasForeignGroups { get; private set; }

    /// <summary>Whether the kernel has something to map into. VFIO's own container drops it, and all mappings, with the last group.</summary>
    private bool RemembersMappings => Container.AttachedGroups > 0 || TakesMappingsAtOnce;

    /// <summary>Opens a container, or takes over a descriptor of one.</summary>
    /// <param name="host">The host.</param>
    /// <param name="kinds">The back ends that it may be, all of them containers of one node.</param>
    /// <param name="passed">The open node that was passed in, or null.</param>
    public static ContainerBackend Open(VfioHost host, IReadOnlyList<VfioBackend> kinds, SafeHandle? passed)
    {
        bool asIommufd = kinds[0] is VfioBackend.CompatType1V2 or VfioBackend.CompatType1V1;
        string path = asIommufd ? host.Paths.IommufdNode : host.Paths.ContainerNode;
        int fd = NodeOpener.Open(host.Kernel, path, passed);
        if (fd < 0)
        {
            throw asIommufd ? IommufdErrors.Open(path, -fd) : ContainerErrors.Open(path, -fd);
        }

        var container = new ContainerHandle(host.Kernel, fd, path);
        try
        {
            int version = host.Kernel.GetApiVersion(fd);
            if (version != (int)VFIO_API_VERSION)
            {
                throw ContainerErrors.ApiVersion(path, version);
            }

            var backend = new ContainerBackend(
                host, container, asIommufd || IommufdHandle.Recognizes(host.Kernel, fd), [.. kinds.Select(static kind => kind.ToModel())]);
            backend._model = backend.FindModel(fd);
            backend.HasForeignGroups = passed is not null && backend.IsIsolated && backend.HasIommu(fd);
            if (backend.IsIommufd && backend.IsIsolated && !backend.HasForeignGroups)
            {
                backend.CreateIoas(fd);
            }

            return backend;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>Gives the container its IOMMU, once the first group is in it.</summary>
    public void SetModel(GroupFacts group)
    {
        using DescriptorLease container = Container.Lease();
        ContainerModel model = _model ?? FindModel(container.Fd) ?? throw ContainerErrors.NoModel(Container.Path, _wanted);
        int result = _kernel.SetIommu(container.Fd, (uint)model);
        if (result < 0)
        {
            throw ContainerErrors.SetModel(Container.Path, model, group, -result);
        }

        _model = model;
    }

    public override void RequireReady(string step)
    {
        if (!IsIsolated)
        {
            throw ContainerErrors.NothingToMapInto(Path, step);
        }

        if (!RemembersMappings)
        {
            throw DmaErrors.NoDevice(Path, step);
        }
    }

    public override AddressSpaceInfo QueryInfo()
    {
        if (!IsIsolated)
        {
            return new AddressSpaceInfo { Backend = VfioBackend.NoIommu, PageSizes = 0, Ranges = [] };
        }

        using DescriptorLease container = Container.Lease();
        int fd = container.Fd;
        byte[] answer = ArgszQuery.Run(
            sizeof(vfio_iommu_type1_info),
            buffer => _kernel.GetIommuInfo(fd, (vfio_iommu_type1_info*)buffer),
            errno => ContainerErrors.Info(Container.Path, errno));
        return Type1Info.Parse(Kind!.Value, answer);
    }

    public override Iova Map(Iova iova, in DmaSource source, ulong length, DmaAccess access)
    {
        int result = MapMemory(iova, source.Address, length, access);
        return result >= 0 ? iova : throw MapError(iova, length, -result);
    }

    public override int MapMemory(Iova iova, nint address, ulong length, DmaAccess access)
    {
        var map = new vfio_iommu_type1_dma_map
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_map),
            flags = Flags(access),
            vaddr = (ulong)address,
            iova = iova,
            size = length,
        };
        return _kernel.MapDma(_fd, &map);
    }

    public override VfioException MapError(Iova iova, ulong length, int errno) => DmaErrors.Map(_kernel, MapStep, Path, iova, length, errno);

    public override DmaSource SourceOf(IDeviceTransport device, RegionInfo region, long offset, long length)
    {
        if (IsIommufd)
        {
            return base.SourceOf(device, region, offset, length);
        }

        MemoryHandle view = MemoryHandle.Reserve(_kernel, length);
        try
        {
            device.Map(region, offset, length, view.Address);
            return new DmaSource(view.Address, view);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    public override void Unmap(Iova iova, ulong length)
    {
        if (!RemembersMappings)
        {
            return;
        }

        var unmap = new vfio_iommu_type1_dma_unmap
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_unmap),
            iova = iova,
            size = length,
        };
        int result = _kernel.UnmapDma(_fd, &unmap);

        // Where iommufd answers, nothing to unmap is an errno in some cases and a success of zero bytes in others.
        ulong unmapped = result < 0 ? 0 : unmap.size;
        if (result < 0 || unmapped != length)
        {
            int errno = result < 0 && result != -Errno.ENOENT ? -result : 0;
            throw DmaErrors.Unmap(nameof(VFIO_IOMMU_UNMAP_DMA), Path, iova, length, unmapped, errno);
        }
    }

    public override bool TryUnmapAll()
    {
        if (!RemembersMappings)
        {
            return true;
        }

        // What others have mapped is theirs.
        if (HasForeignGroups)
        {
            return false;
        }

        using DescriptorLease container = Container.Lease();
        if (_kernel.CheckExtension(container.Fd, VFIO_UNMAP_ALL) <= 0)
        {
            return false;
        }

        var unmap = new vfio_iommu_type1_dma_unmap
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_unmap),
            flags = VFIO_DMA_UNMAP_FLAG_ALL,
        };
        int result = _kernel.UnmapDma(container.Fd, &unmap);

        // Older kernels, where iommufd answers, have an errno for nothing.
        return result is >= 0 or -Errno.ENOENT;
    }

    public override IOpenGroup OpenGroup(AddressSpace space, HostDevice device, SafeHandle? node, Action<IOpenGroup> closed)
        => new GroupOpener(_host, this).Open(space, device, node, closed);

    public override OpenedDevice OpenDevice(OpenFunction function, HostDevice device, IOpenGroup group, in DeviceAccess access)
        => new GroupDeviceOpener(_host).Open(function, (GroupHandle)group, access.Token, this);

    /// <summary>
    /// Maps again what the kernel forgot with the last group, when the first one after that comes. An IOAS has forgotten nothing.
    /// </summary>
    public void Restore(MappingTable table)
    {
        if (IsIommufd)
        {
            return;
        }

        for (int slot = 0; slot < table.SlotCount; slot++)
        {
            if (table.IsLive(slot))
            {
                ref readonly LiveMapping mapping = ref table[slot];
                _ = Map(mapping.Key, mapping.Source, mapping.Size, mapping.Access);
            }
        }
    }

    public override void Release() => Container.Dispose();

    // Not by HasFlag, which makes garbage until the compiler has come to its last version of this.
    private static uint Flags(DmaAccess access)
        => (uint)(((access & DmaAccess.Read) != DmaAccess.None ? VFIO_DMA_MAP_FLAG_READ : 0)
        | ((access & DmaAccess.Write) != DmaAccess.None ? VFIO_DMA_MAP_FLAG_WRITE : 0));

    /// <summary>
    /// Makes the IOAS that answers for the container (<c>IOMMU_VFIO_IOAS_SET</c>), which the kernel would otherwise make with the first group.
    /// It goes with the container's handle.
    /// </summary>
    private void CreateIoas(int fd)
    {
        var alloc = new iommu_ioas_alloc { size = (uint)sizeof(iommu_ioas_alloc) };
        int result = _kernel.AllocateIoas(fd, &alloc);
        if (result < 0)
        {
            throw IommufdErrors.Allocate(Path, nameof(IommufdUapi.IOMMU_IOAS_ALLOC), "an I/O address space", -result);
        }

        Container.Ioas = alloc.out_ioas_id;
        var set = new iommu_vfio_ioas
        {
            size = (uint)sizeof(iommu_vfio_ioas),
            op = (ushort)iommufd_vfio_ioas_op.IOMMU_VFIO_IOAS_SET,
            ioas_id = alloc.out_ioas_id,
        };
        result = _kernel.VfioIoas(fd, &set);
        if (result < 0)
        {
            throw IommufdErrors.Allocate(Path, nameof(IommufdUapi.IOMMU_VFIO_IOAS), "a container of the I/O address space", -result);
        }
    }

    private bool HasIommu(int fd)
    {
        var info = new vfio_iommu_type1_info { argsz = (uint)sizeof(vfio_iommu_type1_info) };
        return _kernel.GetIommuInfo(fd, &info) >= 0;
    }

    private ContainerModel? FindModel(int fd)
    {
        foreach (ContainerModel model in _wanted)
        {
            if (_kernel.CheckExtension(fd, (uint)model) > 0)
            {
                return model;
            }
        }

        return null;
    }
}
