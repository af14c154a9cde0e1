using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Takes over devices that another process, or a service manager, has opened all the way.</summary>
internal static unsafe class PassedDevice
{
    /// <summary>
    /// Whether a descriptor is that of a device that can be used as it is. A device's own node answers nothing before it is bound.
    /// </summary>
    public static bool IsReady(IVfioKernel kernel, SafeHandle descriptor)
    {
        using var passed = new PassedLease(descriptor);
        var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
        return kernel.GetDeviceInfo(passed.Fd, &info) >= 0;
    }

    /// <summary>Uses a duplicate of the descriptor. What the device is attached to is as its opener left it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="function">The host's entry for the device.</param>
    /// <param name="descriptor">The device's descriptor.</param>
    /// <param name="space">The address space that its opener's container, or iommufd, is; null where this process has none of it.</param>
    /// <param name="isNoIommu">Whether no IOMMU is in front of the device.</param>
    public static OpenedDevice Take(VfioHost host, OpenFunction function, SafeHandle descriptor, AddressSpace? space, bool isNoIommu)
    {
        int fd = NodeOpener.Open(host.Kernel, function.Name, descriptor);
        if (fd < 0)
        {
            throw NodeErrors.Other(function.Name, -fd);
        }

        return space?.Iommu is IoasBackend backend
            ? Bound(host, function, fd, space, backend)
            : Placed(host, function, fd, space, isNoIommu);
    }

    private static OpenedDevice Placed(VfioHost host, OpenFunction function, int fd, AddressSpace? space, bool isNoIommu)
    {
        var handle = new DeviceHandle(host, fd, function, parent: (space?.Iommu as ContainerBackend)?.Container);
        try
        {
            var transport = new KernelDevice(handle, function.Name);
            ObjectDisposedException.ThrowIf(space is not null && !space.TryAddUser(), typeof(AddressSpace));
            return new OpenedDevice(transport, new FixedAttachment(function.Name, space, space?.IsIsolated ?? !isNoIommu), IsShared: true);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static OpenedDevice Bound(VfioHost host, OpenFunction function, int fd, AddressSpace space, IoasBackend backend)
    {
        var group = new CdevGroup(function.Name, space, static _ => { });
        var handle = new CdevHandle(host, fd, function, group, backend.Ioas.Iommufd, isPassed: true);
        try
        {
            var transport = new KernelDevice(handle, function.Name);
            var attachment = new CdevAttachment(host, handle, function.Name, id: null, group, backend.IsIsolated);
            ObjectDisposedException.ThrowIf(!space.TryAddUser(), space);
            try
            {
                attachment.Enter(space);
            }
            catch
            {
                space.RemoveUser();
                throw;
            }

            return new OpenedDevice(transport, attachment, IsShared: true);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
