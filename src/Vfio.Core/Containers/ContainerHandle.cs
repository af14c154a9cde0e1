using Vfio.Native;

namespace Vfio.Core;

/// <summary>An open <c>/dev/vfio/vfio</c>, or <c>/dev/iommu</c> in its place: a VFIO container.</summary>
internal sealed class ContainerHandle(IVfioKernel kernel, int fd, string path) : KernelHandle(kernel, fd, path)
{
    private int _attachedGroups;

    /// <summary>How many groups are in the container. VFIO's own drops the IOMMU model with the last one.</summary>
    public int AttachedGroups => Volatile.Read(ref _attachedGroups);

    /// <summary>The IOAS that was made for the container, or null. It is destroyed with it, also where the descriptor is open elsewhere too.</summary>
    public uint? Ioas { get; set; }

    public void GroupAttached() => Interlocked.Increment(ref _attachedGroups);

    public void GroupDetached() => Interlocked.Decrement(ref _attachedGroups);

    protected override unsafe bool CloseDescriptor()
    {
        if (Ioas is { } id)
        {
            var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = id };
            _ = Kernel.DestroyObject((int)handle, &destroy);
        }

        return base.CloseDescriptor();
    }
}
