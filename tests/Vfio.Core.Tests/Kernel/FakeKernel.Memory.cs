using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Memory of the process, which is the real kernel's; the pages of a device come from its regions.</summary>
internal sealed unsafe partial class FakeKernel
{
    private readonly Dictionary<nint, nuint> _memory = [];

    /// <summary>What is mapped into the process by calls through this kernel and not yet unmapped.</summary>
    public IReadOnlyDictionary<nint, nuint> Memory
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<nint, nuint>(_memory);
            }
        }
    }

    /// <summary>What else happens when pages have been filled in.</summary>
    public Action? AfterPopulate { get; set; }

    public int MapMemory(void* hint, nuint length, int protection, int flags, int fd, long offset, out nint address)
    {
        address = 0;
        int fault = Begin();
        if (fault != 0)
        {
            return fault;
        }

        lock (_gate)
        {
            FakeDevice? device = null;
            if (fd >= 0 && (flags & Libc.MAP_ANONYMOUS) == 0)
            {
                if (!_open.TryGetValue(fd, out FakeDescriptor? descriptor))
                {
                    Violations.Add($"mmap of {fd}, which is not open");
                    return -Errno.EBADF;
                }

                if (descriptor.Kind == "memory")
                {
                    fd = descriptor.RealFd;
                }
                else if (Locate(descriptor, offset, length) is { } region)
                {
                    device = DeviceOf(descriptor);
                    (fd, offset) = (region.Memory, offset - region.Offset);
                }
                else
                {
                    return -Errno.EINVAL;
                }
            }

            int result = LinuxKernel.Instance.MapMemory(hint, length, protection, flags, fd, offset, out address);
            if (result == 0)
            {
                Replace(address, length, (flags & Libc.MAP_FIXED) != 0);
                device?.Mapped.Add((address, length));
            }

            return result;
        }
    }

    public int UnmapMemory(nint address, nuint length)
    {
        int fault = Begin();
        if (fault != 0)
        {
            return fault;
        }

        lock (_gate)
        {
            if (!Forget(address, length))
            {
                Violations.Add($"munmap of 0x{length:x} bytes at 0x{address:x}, which are not mapped as one");
            }

            Drop(address, length);
            return LinuxKernel.Instance.UnmapMemory(address, length);
        }
    }

    // A mapping as a whole, or what is cut off from one of its ends.
    private bool Forget(nint address, nuint length)
    {
        foreach ((nint start, nuint known) in _memory)
        {
            bool atStart = address == start && length <= known;
            bool atEnd = address > start && address + (nint)length == start + (nint)known;
            if (atStart || atEnd)
            {
                _memory.Remove(start);
                if (length != known)
                {
                    _memory.Add(atStart ? address + (nint)length : start, known - length);
                }

                return true;
            }
        }

        return false;
    }

    public int Advise(nint address, nuint length, int advice)
    {
        int fault = Begin();
        int result = fault != 0 ? fault : LinuxKernel.Instance.Advise(address, length, advice);
        if (advice == Libc.MADV_POPULATE_WRITE)
        {
            AfterPopulate?.Invoke();
        }

        return result;
    }

    public int CreateMemoryFile(uint flags)
    {
        int fault = Begin();
        if (fault != 0)
        {
            return fault;
        }

        int real = LinuxKernel.Instance.CreateMemoryFile(flags);
        if (real < 0)
        {
            return real;
        }

        lock (_gate)
        {
            return Add(new FakeOpenFile("memory", null, real));
        }
    }

    public int SetFileLength(int fd, long length)
    {
        int fault = Begin(fd, out FakeDescriptor descriptor);
        if (fault != 0)
        {
            return fault;
        }

        int result = descriptor.Kind == "memory" ? LinuxKernel.Instance.SetFileLength(descriptor.RealFd, length) : -Errno.EINVAL;
        descriptor.File.Length = result == 0 ? length : descriptor.File.Length;
        return End(descriptor, result);
    }

    private void Replace(nint address, nuint length, bool @fixed)
    {
        if (@fixed)
        {
            Drop(address, length);
        }
        else
        {
            _memory.Add(address, length);
        }
    }

    private void Drop(nint address, nuint length)
    {
        foreach (FakeDevice device in Devices.Values)
        {
            device.Mapped.RemoveAll(mapped => mapped.Address >= address && mapped.Address < address + (nint)length);
        }
    }
}
