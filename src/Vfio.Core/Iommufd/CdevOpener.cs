using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The steps from a device's own node to an open device: open, bind to the iommufd, attach to the IOAS.</summary>
internal sealed unsafe class CdevOpener(VfioHost host)
{
    private readonly IVfioKernel _kernel = host.Kernel;

    /// <summary>Opens the device. On success it has taken a reference of its own on the group.</summary>
    public OpenedDevice Open(OpenFunction function, HostDevice device, CdevGroup group, in DeviceAccess access)
    {
        AddressSpace space = group.Space;
        var backend = (IoasBackend)space.Iommu;
        string path = host.Paths.DeviceNode(device.Node ?? throw BackendErrors.NoDeviceNode(device.Name));
        int fd = NodeOpener.Open(_kernel, path, access.Node);
        if (fd < 0)
        {
            throw CdevErrors.Open(path, device, -fd);
        }

        _ = group.TryAddReference();
        var handle = new CdevHandle(host, fd, function, group, backend.Ioas.Iommufd, access.Node is not null);
        try
        {
            uint id = Bind(handle, device, access.Token);
            var attachment = new CdevAttachment(host, handle, device.Name, id, group, backend.IsIsolated);
            attachment.Enter(space);
            return new OpenedDevice(new KernelDevice(handle, device.Name), attachment);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private uint Bind(CdevHandle handle, HostDevice device, Guid? token)
    {
        using DescriptorLease cdev = handle.Lease();
        using DescriptorLease iommufd = handle.Parent!.Lease();
        VfioToken uuid = token is { } given ? new VfioToken(given) : default;
        var bind = new vfio_device_bind_iommufd
        {
            // Kernels before the token know the structure without it, and refuse a longer one only if the rest is not zero.
            argsz = (uint)sizeof(vfio_device_bind_iommufd),
            flags = token is null ? 0 : (uint)VFIO_DEVICE_BIND_FLAG_TOKEN,
            iommufd = iommufd.Fd,
            token_uuid_ptr = token is null ? 0 : (ulong)&uuid,
        };
        int fd = cdev.Fd;
        nint argument = (nint)(&bind);
        int result = LockRetry.Run(() => _kernel.BindIommufd(fd, (vfio_device_bind_iommufd*)argument));
        return result >= 0 ? bind.out_devid : throw CdevErrors.Bind(handle.Path, device, host.Pci, token is not null, -result);
    }
}
