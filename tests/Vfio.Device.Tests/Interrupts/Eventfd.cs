using System.Runtime.InteropServices;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

/// <summary>What somebody outside of the library does with an eventfd.</summary>
internal static unsafe class Eventfd
{
    public static ulong Take(SafeHandle handle)
    {
        ulong count;
        Assert.Equal(sizeof(ulong), Libc.read((int)handle.DangerousGetHandle(), &count, sizeof(ulong)));
        return count;
    }

    public static void Signal(SafeHandle handle)
    {
        ulong one = 1;
        Assert.Equal(sizeof(ulong), Libc.write((int)handle.DangerousGetHandle(), &one, sizeof(ulong)));
    }
}
