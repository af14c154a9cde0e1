using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The steps from a group's node to a group in a container that has its IOMMU, each with its own error.</summary>
internal sealed unsafe class GroupOpener(VfioHost host, ContainerBackend backend)
{
    private readonly IVfioKernel _kernel = host.Kernel;

    /// <summary>Opens the group, with one reference.</summary>
    public GroupHandle Open(AddressSpace space, HostDevice device, SafeHandle? node, Action<IOpenGroup> closed)
    {
        int id = device.Group ?? throw BackendErrors.NoGroup(device.Name);
        using DescriptorLease container = backend.Container.Lease();
        string path = device.IsNoIommu ? host.Paths.NoIommuGroupNode(id) : host.Paths.GroupNode(id);
        int fd = NodeOpener.Open(_kernel, path, node);
        if (fd < 0)
        {
            throw GroupErrors.Open(path, id, device, -fd);
        }

        var group = new GroupHandle(_kernel, fd, path, id, space, backend.Container, node is not null, closed);
        try
        {
            var facts = new GroupFacts(host.Pci, id);
            RequireViable(group, fd, facts);
            int containerFd = container.Fd;
            space.WithDevices(() => Attach(group, fd, space, facts, containerFd));
            _ = group.TryAddReference();
            return group;
        }
        finally
        {
            // From here on only the references count: the last one that is given back closes the group.
            group.Dispose();
        }
    }

    private void RequireViable(GroupHandle group, int fd, GroupFacts facts)
    {
        var status = new vfio_group_status { argsz = (uint)sizeof(vfio_group_status) };
        int result = _kernel.GetGroupStatus(fd, &status);
        if (result < 0)
        {
            throw GroupErrors.Status(group.Path, -result);
        }

        if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0)
        {
            throw GroupErrors.NotViable(group.Path, facts, nameof(VFIO_GROUP_GET_STATUS), errno: 0);
        }
    }

    private bool Attach(GroupHandle group, int fd, AddressSpace space, GroupFacts facts, int containerFd)
    {
        bool first = backend.Container.AttachedGroups == 0 && !backend.HasForeignGroups;
        int result = _kernel.SetContainer(fd, containerFd);
        if (result < 0)
        {
            throw GroupErrors.SetContainer(group.Path, facts, first, -result);
        }

        group.MarkContained();
        if (first)
        {
            backend.SetModel(facts);
        }

        space.DeviceJoined();
        if (first)
        {
            backend.Restore(space.Table);
        }

        group.MarkAttached();
        return true;
    }
}
