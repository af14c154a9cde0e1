using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The steps from an address to an open device by way of its group, each with its own error.</summary>
internal sealed unsafe class DeviceOpener(VfioHost host)
{
    private readonly IVfioKernel _kernel = host.Kernel;

    /// <summary>Opens the device; the address space has one more user on return, which closing the device gives back.</summary>
    public (IDeviceTransport Transport, AddressSpace Space) Open(PciAddress address, AddressSpace? wanted)
    {
        int id = Check(address);
        GroupHandle group = host.Groups.Acquire(
            id,
            wanted,
            () => AddressSpace.Create(host, options: null),
            (space, closed) => OpenGroup(address, id, space, closed));
        try
        {
            return (OpenDevice(address, group), group.Space);
        }
        catch
        {
            group.Space.RemoveUser();
            throw;
        }
        finally
        {
            // The device holds the group open from here on, or nobody does.
            group.DangerousRelease();
        }
    }

    private int Check(PciAddress address)
    {
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address);
        }

        int id = host.Pci.Group(address) ?? throw DeviceErrors.NoGroup(address);
        if (host.Pci.IsNoIommu(id))
        {
            throw DeviceErrors.NoIsolation(address, id);
        }

        string? driver = host.Pci.Driver(address);
        return HostDrivers.IsVfio(driver) ? id : throw DeviceErrors.NotBound(address, driver);
    }

    private GroupHandle OpenGroup(PciAddress address, int id, AddressSpace space, Action<GroupHandle> closed)
    {
        var backend = (Type1Backend)space.Backend;
        using DescriptorLease container = backend.Container.Lease();
        string path = host.Paths.GroupNode(id);
        int fd = _kernel.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC);
        if (fd < 0)
        {
            throw GroupErrors.Open(path, id, address, -fd);
        }

        var group = new GroupHandle(_kernel, fd, path, id, space, backend.Container, closed);
        try
        {
            RequireViable(group, fd);
            int containerFd = container.Fd;
            return space.WithGroups(() => Attach(group, fd, backend, containerFd));
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    private void RequireViable(GroupHandle group, int fd)
    {
        var status = new vfio_group_status { argsz = (uint)sizeof(vfio_group_status) };
        int result = _kernel.GetGroupStatus(fd, &status);
        if (result < 0)
        {
            throw GroupErrors.Status(group.Path, -result);
        }

        if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0)
        {
            throw GroupErrors.NotViable(group.Path, group.Id, Blockers(group.Id), "VFIO_GROUP_GET_STATUS", errno: 0);
        }
    }

    private GroupHandle Attach(GroupHandle group, int fd, Type1Backend backend, int containerFd)
    {
        bool first = !backend.IsAttached;
        int result = _kernel.SetContainer(fd, containerFd);
        if (result < 0)
        {
            throw GroupErrors.SetContainer(group.Path, group.Id, Blockers(group.Id), first, -result);
        }

        if (first)
        {
            backend.SetModel();
        }

        group.Space.DeviceAttached(first);
        group.MarkAttached();
        return group;
    }

    private KernelDevice OpenDevice(PciAddress address, GroupHandle group)
    {
        using DescriptorLease lease = group.Lease();
        int fd = _kernel.GetDeviceFd(lease.Fd, address.ToString());
        if (fd < 0)
        {
            throw DeviceErrors.Open(address, group.Path, -fd);
        }

        var handle = new KernelHandle(_kernel, fd, address.ToString(), group);
        try
        {
            return new KernelDevice(handle, address.ToString());
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The members of the group whose drivers keep it from being viable.</summary>
    private List<(PciAddress Address, string Driver)> Blockers(int id)
    {
        var blockers = new List<(PciAddress, string)>();
        foreach (PciAddress member in host.Pci.Members(id))
        {
            if (host.Pci.Driver(member) is { } driver && HostDrivers.Blocks(driver))
            {
                blockers.Add((member, driver));
            }
        }

        return blockers;
    }
}
