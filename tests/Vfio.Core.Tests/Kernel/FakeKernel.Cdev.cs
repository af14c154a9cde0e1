using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Devices by their own nodes: bound to an iommufd before anything else, and attached to its page tables.</summary>
internal sealed unsafe partial class FakeKernel
{
    public int BindIommufd(int device, vfio_device_bind_iommufd* bind) => On<object>(device, it => it switch
    {
        FakeCdevFile file => Bind(file, bind),
        FakeDevice => -Errno.EINVAL,
        _ => -Errno.ENOTTY,
    });

    public int AttachIommufd(int device, vfio_device_attach_iommufd_pt* attach) => OnCdev(device, it =>
    {
        const int Minimum = 12;
        if (attach->argsz < Minimum || (attach->flags & ~(uint)VFIO_DEVICE_ATTACH_PASID) != 0)
        {
            return -Errno.EINVAL;
        }

        bool toPasid = attach->flags != 0;
        if (toPasid && it.Mediated)
        {
            return -Errno.EOPNOTSUPP;
        }

        return toPasid && attach->argsz < sizeof(vfio_device_attach_iommufd_pt)
            ? -Errno.EINVAL
            : Attach(it, toPasid ? attach->pasid : null, ref attach->pt_id);
    });

    public int DetachIommufd(int device, vfio_device_detach_iommufd_pt* detach) => OnCdev(device, it =>
    {
        const int Minimum = 8;
        if (detach->argsz < Minimum || (detach->flags & ~(uint)VFIO_DEVICE_DETACH_PASID) != 0)
        {
            return -Errno.EINVAL;
        }

        bool fromPasid = detach->flags != 0;
        if (fromPasid && it.Mediated)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (fromPasid && detach->argsz < sizeof(vfio_device_detach_iommufd_pt))
        {
            return -Errno.EINVAL;
        }

        switch (it.Bound)
        {
            case FakeAccess access:
                return access.Change(null);
            case FakeBoundDevice bound when fromPasid && bound.Pasids.Remove(detach->pasid):
                bound.Owner.Detach(bound, detach->pasid);
                break;
            case FakeBoundDevice { IsAttached: true } bound when !fromPasid:
                bound.IsAttached = false;
                bound.Owner.Detach(bound, 0);
                break;
            default:
                break;
        }

        return 0;
    });

    private static int Attach(FakeDevice device, uint? pasid, ref uint table)
    {
        if (device.Bound is FakeAccess access)
        {
            return access.Owner.Get<FakeIoas>(table) is { } ioas ? access.Change(ioas) : -Errno.ENOENT;
        }

        var bound = (FakeBoundDevice)device.Bound!;
        bool replace = pasid is { } known ? bound.Pasids.Contains(known) : bound.IsAttached;
        int refused = bound.Owner.Attach(bound, pasid ?? 0, ref table, replace);
        if (refused == 0 && pasid is { } added)
        {
            bound.Pasids.Add(added);
        }

        bound.IsAttached |= refused == 0 && pasid is null;
        return refused;
    }

    private int Bind(FakeCdevFile file, vfio_device_bind_iommufd* bind)
    {
        const int Minimum = 16;
        FakeDevice device = file.Device;
        if (bind->argsz < Minimum || bind->iommufd < 0 || (bind->flags & ~(uint)VFIO_DEVICE_BIND_FLAG_TOKEN) != 0)
        {
            return -Errno.EINVAL;
        }

        if (device.Group.IsOpen)
        {
            return -Errno.EBUSY;
        }

        if (file.Iommufd is not null)
        {
            return -Errno.EINVAL;
        }

        bool hasToken = (bind->flags & (uint)VFIO_DEVICE_BIND_FLAG_TOKEN) != 0;
        ulong address = bind->argsz >= sizeof(vfio_device_bind_iommufd) ? bind->token_uuid_ptr : 0;
        if (hasToken && !device.Mediated && address == 0)
        {
            return -Errno.EFAULT;
        }

        int refused = device.Mediated
            ? (hasToken ? -Errno.EINVAL : 0)
            : MatchToken(device, hasToken ? new Guid(new ReadOnlySpan<byte>((void*)address, 16), bigEndian: true) : null);
        if (refused != 0)
        {
            return refused;
        }

        if (!_open.TryGetValue(bind->iommufd, out FakeDescriptor? descriptor))
        {
            Violations.Add($"BIND_IOMMUFD to {bind->iommufd}, which is not open");
            return -Errno.EBADF;
        }

        if (descriptor.Target is not FakeIommufd iommufd)
        {
            return -Errno.EBADFD;
        }

        // Only the group's path opens a device more than once.
        refused = device.OpenCount != 0 ? -Errno.EINVAL : FirstOpen(device, iommufd);
        if (refused != 0)
        {
            return refused;
        }

        device.OpenCount++;
        device.Group.BoundDevices++;
        file.Iommufd = iommufd;

        // Where a stranger has the node open too, the device stays bound until that one closes it.
        device.Bound!.Foreign |= _caller!.File.Descriptors.Exists(static other => other.Foreign);
        bind->out_devid = device.Bound.Id;
        return 0;
    }

    private void Close(FakeCdevFile file)
    {
        if (file.Iommufd is null)
        {
            return;
        }

        file.Iommufd = null;
        LastClose(file.Device);
        file.Device.Group.BoundDevices--;
    }

    /// <summary>Runs a call that only a device's own node has.</summary>
    private int OnCdev(int fd, Func<FakeDevice, int> call, [System.Runtime.CompilerServices.CallerMemberName] string method = "")
        => On<object>(
            fd,
            it => it switch
            {
                FakeCdevFile { Iommufd: not null } file => call(file.Device),
                FakeCdevFile => -Errno.EINVAL,
                _ => -Errno.ENOTTY,
            },
            method);

    /// <summary>What a virtual function and its physical one want to hear, as vfio-pci has it.</summary>
    private static int MatchToken(FakeDevice device, Guid? token)
    {
        if (device.IsVirtual)
        {
            return device.Physical is { } physical
                ? (token is not null && token == physical.Token ? 0 : -Errno.EACCES)
                : (token is null ? 0 : -Errno.EINVAL);
        }

        if (device.Token is null)
        {
            return token is null ? 0 : -Errno.EINVAL;
        }

        if (device.TokenUsers != 0)
        {
            return token == device.Token ? 0 : -Errno.EACCES;
        }

        device.Token = token ?? device.Token;
        return 0;
    }

    /// <summary>What the first descriptor of a device does, on any path.</summary>
    private static int FirstOpen(FakeDevice device, FakeIommufd? iommufd)
    {
        if (iommufd is not null)
        {
            int refused = iommufd.Bind(device, out FakeIommuObject? bound);
            if (refused != 0)
            {
                return refused;
            }

            device.Bound = bound;
        }

        if (device.Physical is { } physical)
        {
            physical.TokenUsers++;
        }

        return 0;
    }

    private void LastClose(FakeDevice device)
    {
        if (device.Mapped.Count != 0)
        {
            Violations.Add($"close of {device.Name} while {device.Mapped.Count} mappings hold it open");
        }

        if (--device.OpenCount != 0)
        {
            return;
        }

        foreach (FakeIrq? irq in device.Irqs)
        {
            if (irq is not null)
            {
                irq.Events = [];
                irq.Unmask.Clear();
            }
        }

        device.WriteTriggers.Clear();

        if (device.Physical is { } physical)
        {
            physical.TokenUsers--;
        }

        if (device.Bound is { } bound)
        {
            device.Bound = null;
            bound.Owner.Unbind(bound);
        }
    }
}
