using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>Pages that cannot lie together in physical memory: one page of a file, seen twice in a row.</summary>
/// <remarks>What the kernel gives out by itself may lie together, 64 MiB of it too, where memory is fresh.</remarks>
internal sealed unsafe class ScatteredPages : IDisposable
{
    public const int Length = 2 * Page;

    private const int Page = 4096;

    public ScatteredPages()
    {
        int file;
        fixed (byte* name = "scattered"u8)
        {
            file = Libc.memfd_create(name, Libc.MFD_CLOEXEC);
        }

        Assert.True(file >= 0);
        try
        {
            Assert.Equal(0, Libc.ftruncate(file, Page));
            Address = Map(0, Length, file, 0);
            Map(Address + Page, Page, file, Libc.MAP_FIXED);
        }
        finally
        {
            Libc.close(file);
        }
    }

    public nint Address { get; }

    public void Dispose() => Libc.munmap((void*)Address, Length);

    private static nint Map(nint address, nuint length, int file, int flags)
    {
        void* result = Libc.mmap((void*)address, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | flags, file, 0);
        Assert.NotEqual(-1, (nint)result);
        return (nint)result;
    }
}
