using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Open files and the numbers for them, the library's own and those of other parts of the process.</summary>
internal sealed unsafe partial class FakeKernel
{
    public int Open(string path, int flags)
    {
        int fault = Begin();
        if (fault != 0)
        {
            return fault;
        }

        lock (_gate)
        {
            if ((flags & Libc.O_CLOEXEC) == 0)
            {
                Violations.Add($"open of {path} without O_CLOEXEC");
            }

            return Open(path);
        }
    }

    public int Duplicate(int fd)
    {
        Before?.Invoke(nameof(Duplicate));
        lock (_gate)
        {
            int fault = Faults.Next(nameof(Duplicate));
            if (fault != 0)
            {
                return fault;
            }

            if (!_open.TryGetValue(fd, out FakeDescriptor? descriptor))
            {
                Violations.Add($"{nameof(Duplicate)} of {fd}, which is not open");
                return -Errno.EBADF;
            }

            return Add(descriptor.File);
        }
    }

    public int SetCloseOnExec(int fd, bool isClosed)
    {
        Before?.Invoke(nameof(SetCloseOnExec));
        lock (_gate)
        {
            int fault = Faults.Next(nameof(SetCloseOnExec));
            if (fault != 0)
            {
                return fault;
            }

            if (!_open.TryGetValue(fd, out FakeDescriptor? descriptor))
            {
                return -Errno.EBADF;
            }

            descriptor.IsInherited = !isClosed;
            return 0;
        }
    }

    /// <summary>How many descriptors a child would inherit.</summary>
    public int InheritedDescriptors
    {
        get
        {
            lock (_gate)
            {
                return _open.Values.Count(static it => it.IsInherited);
            }
        }
    }

    public int Close(int fd)
    {
        Before?.Invoke(nameof(Close));
        int result = Close(fd, out object? ended);
        Closed?.Invoke(ended);
        return result;
    }

    /// <summary>Opens a node for a stranger, who hands the number to the library and keeps it.</summary>
    /// <returns>The number, which <see cref="OpenKinds"/> leaves out and <see cref="Abandon"/> closes.</returns>
    public int Adopt(string path)
    {
        lock (_gate)
        {
            int fd = Open(path);
            Assert.True(fd >= 0, $"open of {path} gives {fd}");
            Disown(fd);
            return fd;
        }
    }

    /// <summary>Makes a descriptor a stranger's, and with it what is made through it from now on.</summary>
    public void Disown(int fd)
    {
        lock (_gate)
        {
            _open[fd].Foreign = true;
        }
    }

    /// <summary>Closes a descriptor of a stranger's, who is not judged by the order.</summary>
    public void Abandon(int fd)
    {
        lock (_gate)
        {
            Assert.True(_open[fd].Foreign, $"{fd} is the library's");
            int violations = Violations.Count;
            _ = Close(fd, out object? _);
            Violations.RemoveRange(violations, Violations.Count - violations);
        }
    }

    private int Open(string path)
    {
        switch (Nodes.GetValueOrDefault(path))
        {
            case null:
                return -Errno.ENOENT;
            case FakeGroup { Kind: FakeGroupKind.NoIommu } or FakeDevice { NoIommu: true } when !MayRawIo:
                return -Errno.EPERM;
            case FakeGroup group when group.IsOpen || group.BoundDevices != 0:
                return -Errno.EBUSY;
            case FakeGroup group:
                group.IsOpen = true;
                return Add(new FakeOpenFile("group", group, -1));
            case FakeDevice device:
                return Add(new FakeOpenFile("cdev", new FakeCdevFile(device), -1));
            case var node when node == IommufdNode:
                return Add(new FakeOpenFile("iommufd", new FakeIommufd(this), -1));
            case var node when node == CompatNode:
                return Add(new FakeOpenFile("container", new FakeIommufd(this) { CountsProcess = true }, -1));
            default:
                return Add(new FakeOpenFile("container", new FakeContainer(), -1));
        }
    }

    /// <summary>Gives a file the lowest free number.</summary>
    private int Add(FakeOpenFile file)
    {
        int fd = FirstFd;
        while (_open.ContainsKey(fd))
        {
            fd++;
        }

        _open.Add(fd, new FakeDescriptor(file, CalledByStranger));
        return fd;
    }

    private int Close(int fd, out object? ended)
    {
        lock (_gate)
        {
            ended = null;
            if (!_open.Remove(fd, out FakeDescriptor? descriptor))
            {
                Violations.Add($"close of {fd}, which is not open");
                return -Errno.EBADF;
            }

            if (descriptor.InFlight != 0)
            {
                Violations.Add($"close of {fd} ({descriptor.Kind}) while a call uses it");
            }

            if (descriptor.Foreign)
            {
                Violations.Add($"close of {fd} ({descriptor.Kind}), which is a stranger's");
            }

            FakeOpenFile file = descriptor.File;
            file.Descriptors.Remove(descriptor);
            if (file.Target is FakeIommufd iommufd && file.Descriptors.TrueForAll(static other => other.Foreign))
            {
                Leave(iommufd);
            }

            if (file.Descriptors.Count == 0)
            {
                ended = file.Target;
                End(file);
            }

            return 0;
        }
    }

    private void End(FakeOpenFile file)
    {
        switch (file.Target)
        {
            case FakeContainer container:
                Close(container);
                break;
            case FakeGroup group:
                Close(group);
                break;
            case FakeDevice device:
                Close(device);
                break;
            case FakeCdevFile cdev:
                Close(cdev);
                break;
            case FakeFaultQueue queue:
                queue.Users--;
                break;
            default:
                break;
        }

        if (file.RealFd >= 0)
        {
            _ = LinuxKernel.Instance.Close(file.RealFd);
            file.RealFd = -1;
        }
    }
}
