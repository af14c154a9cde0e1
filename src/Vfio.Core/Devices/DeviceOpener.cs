using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The steps from an address to an open device by way of its group, each with its own error.</summary>
internal sealed unsafe class DeviceOpener(VfioHost host)
{
    // Opening resets the device, for which the kernel only tries to take the device's lock; others hold it shortly.
    private const int LockRetries = 20;

    private static readonly TimeSpan _lockPause = TimeSpan.FromMilliseconds(10);

    private readonly IVfioKernel _kernel = host.Kernel;

    /// <summary>Opens the device; the address space has one more user on return, which closing the device gives back.</summary>
    public (IDeviceTransport Transport, AddressSpace Space) Open(PciAddress address, AddressSpace? wanted)
    {
        int id = Check(address);
        OpenFunction function = host.OpenFunctions.TryAdd(address) ?? throw DeviceErrors.OpenHere(address);
        try
        {
            return OpenInGroup(function, id, wanted);
        }
        catch
        {
            host.OpenFunctions.Remove(function);
            throw;
        }
    }

    private (IDeviceTransport Transport, AddressSpace Space) OpenInGroup(OpenFunction function, int id, AddressSpace? wanted)
    {
        GroupHandle group = host.Groups.Acquire(
            id,
            wanted,
            () => AddressSpace.Create(host, options: null),
            (space, closed) => OpenGroup(function.Address, id, space, closed));
        try
        {
            return (OpenDevice(function, group), group.Space);
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
            throw GroupErrors.NotViable(group.Path, Facts(group), "VFIO_GROUP_GET_STATUS", errno: 0);
        }
    }

    private GroupHandle Attach(GroupHandle group, int fd, Type1Backend backend, int containerFd)
    {
        bool first = !backend.IsAttached;
        int result = _kernel.SetContainer(fd, containerFd);
        if (result < 0)
        {
            throw GroupErrors.SetContainer(group.Path, Facts(group), first, -result);
        }

        if (first)
        {
            backend.SetModel(Facts(group));
        }

        group.Space.DeviceAttached(first);
        group.MarkAttached();
        return group;
    }

    private KernelDevice OpenDevice(OpenFunction function, GroupHandle group)
    {
        string name = function.Address.ToString();
        using DescriptorLease lease = group.Lease();
        int fd = _kernel.GetDeviceFd(lease.Fd, name);
        for (int i = 0; fd == -Errno.EAGAIN && i < LockRetries; i++)
        {
            Thread.Sleep(_lockPause);
            fd = _kernel.GetDeviceFd(lease.Fd, name);
        }

        if (fd < 0)
        {
            throw DeviceErrors.Open(function.Address, group.Path, -fd);
        }

        var handle = new DeviceHandle(host, fd, function, group);
        try
        {
            return new KernelDevice(handle, name);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private GroupFacts Facts(GroupHandle group) => new(host.Pci, group.Id);
}
