namespace Vfio.Core;

/// <summary>An open <c>/dev/vfio/N</c>: an IOMMU group, which stays in its container until it is closed.</summary>
internal sealed class GroupHandle : KernelHandle
{
    private readonly ContainerHandle _container;
    private readonly Action<GroupHandle> _closed;
    private bool _attached;

    public GroupHandle(
        IVfioKernel kernel,
        int fd,
        string path,
        int id,
        AddressSpace space,
        ContainerHandle container,
        Action<GroupHandle> closed)
        : base(kernel, fd, path, container)
    {
        Id = id;
        Space = space;
        _container = container;
        _closed = closed;
    }

    /// <summary>The number of the group.</summary>
    public int Id { get; }

    /// <summary>The address space that the group's devices use.</summary>
    public AddressSpace Space { get; }

    /// <summary>Notes that the kernel has put the group into the container.</summary>
    public void MarkAttached()
    {
        _attached = true;
        _container.GroupAttached();
    }

    protected override bool CloseDescriptor() => Space.WithGroups(() =>
    {
        bool closed = base.CloseDescriptor();
        if (_attached)
        {
            _container.GroupDetached();
        }

        return closed;
    });

    protected override void OnClosed() => _closed(this);
}
