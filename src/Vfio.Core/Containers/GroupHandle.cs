using System.Globalization;

namespace Vfio.Core;

/// <summary>An open <c>/dev/vfio/N</c>: an IOMMU group, which stays in its container until it is closed.</summary>
internal sealed class GroupHandle : KernelHandle, IOpenGroup
{
    private readonly ContainerHandle _container;
    private readonly Action<IOpenGroup> _closed;
    private readonly bool _isPassed;
    private bool _contained;
    private bool _attached;

    public GroupHandle(
        IVfioKernel kernel,
        int fd,
        string path,
        int id,
        AddressSpace space,
        ContainerHandle container,
        bool isPassed,
        Action<IOpenGroup> closed)
        : base(kernel, fd, path, container)
    {
        Unit = id.ToString(CultureInfo.InvariantCulture);
        Space = space;
        _container = container;
        _isPassed = isPassed;
        _closed = closed;
    }

    public string Unit { get; }

    public AddressSpace Space { get; }

    /// <summary>Notes that the kernel has put the group into the container, which may not have its IOMMU yet.</summary>
    public void MarkContained() => _contained = true;

    /// <summary>Notes that the group is in a container that has its IOMMU.</summary>
    public void MarkAttached()
    {
        _attached = true;
        _container.GroupAttached();
    }

    public void RemoveReference() => DangerousRelease();

    protected override bool CloseDescriptor() => Space.WithDevices(() =>
    {
        if (_isPassed && _contained)
        {
            // Whoever passed the group still has it open, so that this close does not take it out of the container.
            _ = Kernel.UnsetContainer((int)handle);
        }

        bool closed = base.CloseDescriptor();
        if (_attached)
        {
            _container.GroupDetached();
        }

        return closed;
    });

    protected override void OnClosed() => _closed(this);
}
