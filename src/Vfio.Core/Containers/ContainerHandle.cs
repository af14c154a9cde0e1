namespace Vfio.Core;

/// <summary>An open <c>/dev/vfio/vfio</c>: a VFIO container.</summary>
internal sealed class ContainerHandle(IVfioKernel kernel, int fd, string path) : KernelHandle(kernel, fd, path)
{
    private int _attachedGroups;

    /// <summary>How many groups are in the container. The kernel drops the IOMMU model with the last one.</summary>
    public int AttachedGroups => Volatile.Read(ref _attachedGroups);

    public void GroupAttached() => Interlocked.Increment(ref _attachedGroups);

    public void GroupDetached() => Interlocked.Decrement(ref _attachedGroups);
}
