using System.Reflection;
using System.Runtime.InteropServices;

namespace Vfio.Native.Tests;

/// <summary>The imports, against the C library of this machine.</summary>
public sealed unsafe class ImportTests
{
    [Fact]
    public void EveryImportResolves()
    {
        // The source generator's local functions are among them; those are the ones that are really linked.
        MethodInfo[] imports = [.. typeof(Libc)
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))];
        string[] names = [.. imports.Select(import => import.GetCustomAttribute<DllImportAttribute>()!.EntryPoint!)];
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal)
        {
            "ioctl", "open", "close", "mmap", "munmap", "madvise", "eventfd", "read", "write", "pread", "pwrite", "poll",
            "epoll_create1", "epoll_ctl", "epoll_wait", "memfd_create", "ftruncate", "getrlimit",
        }, new HashSet<string>(names, StringComparer.Ordinal));
        Assert.All(imports, Marshal.Prelink);
    }

    [Fact]
    public void AFailureLeavesItsErrno()
    {
        Assert.Equal(-1, Libc.close(-1));
        Assert.Equal(Errno.EBADF, Marshal.GetLastPInvokeError());
    }

    [Fact]
    public void AnEventfdCounts()
    {
        int fd = Libc.eventfd(3, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        Assert.True(fd >= 0);
        ulong value = 4;
        Assert.Equal(sizeof(ulong), Libc.write(fd, &value, sizeof(ulong)));
        value = 0;
        Assert.Equal(sizeof(ulong), Libc.read(fd, &value, sizeof(ulong)));
        Assert.Equal(7UL, value);
        Assert.Equal(0, Libc.close(fd));
    }

    [Fact]
    public void AMappingThatFailsReturnsMapFailed()
    {
        void* address = Libc.mmap(null, 0, Libc.PROT_READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        Assert.Equal(Libc.MAP_FAILED, (nint)address);
        Assert.Equal(Errno.EINVAL, Marshal.GetLastPInvokeError());
    }
}
