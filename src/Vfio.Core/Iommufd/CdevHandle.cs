using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// An open <c>/dev/vfio/devices/vfioN</c>. Once it is bound it keeps its iommufd open, and the objects that it is attached to alive:
/// the kernel detaches and unbinds with the close.
/// </summary>
internal sealed unsafe class CdevHandle(
    VfioHost host, int fd, OpenFunction function, CdevGroup group, IommufdHandle iommufd, bool isPassed)
    : DeviceHandle(host, fd, function, iommufd)
{
    private readonly Lock _gate = new();
    private readonly List<(IommufdObject Target, uint? Pasid)> _attached = [];
    private bool _closed;

    /// <summary>Keeps an object for as long as the device is attached to it. Called before the kernel is asked to attach.</summary>
    public void Keep(IommufdObject target, uint? pasid)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(VfioDevice));
            bool added = false;
            target.DangerousAddRef(ref added);
            _attached.Add((target, pasid));
        }
    }

    /// <summary>Lets an object go that the device is no longer attached to, once for each <see cref="Keep"/>.</summary>
    public void LetGo(IommufdObject target, uint? pasid)
    {
        lock (_gate)
        {
            // Where the device is closing, all of them are let go with it.
            if (_closed || !_attached.Remove((target, pasid)))
            {
                return;
            }
        }

        target.DangerousRelease();
    }

    /// <summary>Takes the device out of its address space, or a process address space id out of its own.</summary>
    public static int Detach(IVfioKernel kernel, int fd, uint? pasid)
    {
        var detach = new vfio_device_detach_iommufd_pt
        {
            // Kernels without process address space ids take the structure as it was before them.
            argsz = pasid is null ? 2 * sizeof(uint) : (uint)sizeof(vfio_device_detach_iommufd_pt),
            flags = pasid is null ? 0 : (uint)VfioUapi.VFIO_DEVICE_DETACH_PASID,
            pasid = pasid ?? 0,
        };
        return kernel.DetachIommufd(fd, &detach);
    }

    protected override bool CloseDescriptor()
    {
        lock (_gate)
        {
            // Whoever attaches from now on is refused before the kernel is asked.
            _closed = true;
        }

        if (isPassed)
        {
            // Whoever passed the device still has it open, so that this close does not detach it; and what it is attached to is ours.
            foreach ((_, uint? pasid) in _attached)
            {
                _ = Detach(Kernel, (int)handle, pasid);
            }
        }

        return base.CloseDescriptor();
    }

    protected override void OnClosed()
    {
        (IommufdObject Target, uint? Pasid)[] attached;
        lock (_gate)
        {
            attached = [.. _attached];
            _attached.Clear();
        }

        foreach ((IommufdObject target, _) in attached)
        {
            target.DangerousRelease();
        }

        group.RemoveReference();
        base.OnClosed();
    }
}
