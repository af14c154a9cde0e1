using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>Opens the devices of a group that is in a container.</summary>
internal sealed class GroupDeviceOpener(VfioHost host)
{
    private readonly IVfioKernel _kernel = host.Kernel;

    public OpenedDevice Open(OpenFunction function, GroupHandle group, Guid? token, ContainerBackend backend)
    {
        using DescriptorLease lease = group.Lease();
        int groupFd = lease.Fd;
        string name = token is { } uuid ? $"{function.Name} vf_token={uuid:D}" : function.Name;
        int fd = LockRetry.Run(() => _kernel.GetDeviceFd(groupFd, name));
        if (fd < 0)
        {
            throw DeviceErrors.Open(function.Name, group.Path, nameof(VFIO_GROUP_GET_DEVICE_FD), token is not null, -fd);
        }

        var handle = new DeviceHandle(host, fd, function, group);
        try
        {
            if (backend.IsIommufd)
            {
                // A device enters iommufd's address space only now, and takes away what it reserves.
                group.Space.WithDevices(() =>
                {
                    group.Space.DeviceJoined();
                    return true;
                });
            }

            return new OpenedDevice(
                new KernelDevice(handle, function.Name), new FixedAttachment(function.Name, group.Space, backend.IsIsolated));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
