namespace Vfio.Core;

/// <summary>
/// An open <c>/dev/vfio/devices/vfioN</c>. Once it is bound it keeps its iommufd open, and the objects that it is attached to alive:
/// the kernel detaches and unbinds with the close.
/// </summary>
internal sealed class CdevHandle(VfioHost host, int fd, OpenFunction function, CdevGroup group, IommufdHandle iommufd)
    : DeviceHandle(host, fd, function, iommufd)
{
    private readonly Lock _gate = new();
    private readonly List<IommufdObject> _attached = [];
    private bool _closed;

    /// <summary>Keeps an object for as long as the device is attached to it. Called before the kernel is asked to attach.</summary>
    public void Keep(IommufdObject target)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(VfioDevice));
            bool added = false;
            target.DangerousAddRef(ref added);
            _attached.Add(target);
        }
    }

    /// <summary>Lets an object go that the device is no longer attached to, once for each <see cref="Keep"/>.</summary>
    public void LetGo(IommufdObject target)
    {
        lock (_gate)
        {
            // Where the device has been closed meanwhile, all of them were let go.
            if (!_attached.Remove(target))
            {
                return;
            }
        }

        target.DangerousRelease();
    }

    protected override void OnClosed()
    {
        IommufdObject[] attached;
        lock (_gate)
        {
            _closed = true;
            attached = [.. _attached];
            _attached.Clear();
        }

        foreach (IommufdObject target in attached)
        {
            target.DangerousRelease();
        }

        group.RemoveReference();
        base.OnClosed();
    }
}
