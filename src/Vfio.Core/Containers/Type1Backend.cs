using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>An address space that is a VFIO container with a type1 model, version 1 or 2.</summary>
internal sealed unsafe class Type1Backend : IommuBackend
{
    private readonly IVfioKernel _kernel;
    private readonly IommuModel? _wanted;
    private IommuModel? _model;

    private Type1Backend(ContainerHandle container, IommuModel? wanted)
    {
        Container = container;
        _kernel = container.Kernel;
        _wanted = wanted;
    }

    /// <summary>The container.</summary>
    public ContainerHandle Container { get; }

    public override IommuModel Model
        => _model ?? throw new InvalidOperationException("The model is chosen when the first device is attached.");

    public override bool IsAttached => Container.AttachedGroups > 0;

    /// <summary>Opens a container.</summary>
    public static Type1Backend Open(VfioHost host, IommuModel? wanted)
    {
        IVfioKernel kernel = host.Kernel;
        string path = host.Paths.ContainerNode;
        int fd = kernel.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC);
        if (fd < 0)
        {
            throw ContainerErrors.Open(path, -fd);
        }

        var container = new ContainerHandle(kernel, fd, path);
        try
        {
            int version = kernel.GetApiVersion(fd);
            if (version != (int)VFIO_API_VERSION)
            {
                throw ContainerErrors.ApiVersion(path, version);
            }

            return new Type1Backend(container, wanted);
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>Chooses the IOMMU model, once the first group is in the container.</summary>
    public void SetModel(GroupFacts group)
    {
        using DescriptorLease container = Container.Lease();
        IommuModel model = ChooseModel(container.Fd);
        int result = _kernel.SetIommu(container.Fd, (uint)Extension(model));
        if (result < 0)
        {
            throw ContainerErrors.SetModel(Container.Path, model, group, -result);
        }

        _model = model;
    }

    public override AddressSpaceInfo QueryInfo()
    {
        using DescriptorLease container = Container.Lease();
        int fd = container.Fd;
        byte[] answer = ArgszQuery.Run(
            sizeof(vfio_iommu_type1_info),
            buffer => _kernel.GetIommuInfo(fd, (vfio_iommu_type1_info*)buffer),
            errno => ContainerErrors.Info(Container.Path, errno));
        return Type1Info.Parse(Model, answer);
    }

    public override void Map(Iova iova, nint address, ulong length, DmaAccess access)
    {
        using DescriptorLease container = Container.Lease();
        var map = new vfio_iommu_type1_dma_map
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_map),
            flags = Flags(access),
            vaddr = (ulong)address,
            iova = iova,
            size = length,
        };
        int result = _kernel.MapDma(container.Fd, &map);
        if (result < 0)
        {
            throw DmaErrors.Map(_kernel, Container.Path, iova, length, -result);
        }
    }

    public override void Unmap(Iova iova, ulong length)
    {
        using DescriptorLease container = Container.Lease();
        var unmap = new vfio_iommu_type1_dma_unmap
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_unmap),
            iova = iova,
            size = length,
        };
        int result = _kernel.UnmapDma(container.Fd, &unmap);
        if (result < 0 || unmap.size != length)
        {
            throw DmaErrors.Unmap(Container.Path, iova, length, result < 0 ? 0 : unmap.size, result < 0 ? -result : 0);
        }
    }

    public override bool TryUnmapAll()
    {
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
        return _kernel.UnmapDma(container.Fd, &unmap) >= 0;
    }

    public override void Release() => Container.Dispose();

    private static uint Flags(DmaAccess access)
        => (uint)((access.HasFlag(DmaAccess.Read) ? VFIO_DMA_MAP_FLAG_READ : 0)
        | (access.HasFlag(DmaAccess.Write) ? VFIO_DMA_MAP_FLAG_WRITE : 0));

    private static uint Extension(IommuModel model)
        => (uint)(model == IommuModel.Type1V2 ? VFIO_TYPE1v2_IOMMU : VFIO_TYPE1_IOMMU);

    private IommuModel ChooseModel(int fd)
    {
        foreach (IommuModel model in (ReadOnlySpan<IommuModel>)[IommuModel.Type1V2, IommuModel.Type1])
        {
            if ((_wanted is null || _wanted == model) && _kernel.CheckExtension(fd, Extension(model)) > 0)
            {
                return model;
            }
        }

        throw ContainerErrors.NoModel(Container.Path, _wanted);
    }
}
