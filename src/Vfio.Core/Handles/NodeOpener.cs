using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Opens device nodes.</summary>
internal static class NodeOpener
{
    /// <summary>Opens a node for reading and writing, or duplicates a descriptor that somebody else opened it by.</summary>
    /// <returns>A descriptor that is closed on exec, or the negated errno.</returns>
    /// <exception cref="ObjectDisposedException">The descriptor that was passed in is closed.</exception>
    public static int Open(IVfioKernel kernel, string path, SafeHandle? passed)
    {
        if (passed is null)
        {
            return kernel.Open(path, Libc.O_RDWR | Libc.O_CLOEXEC);
        }

        using var lease = new PassedLease(passed);
        return kernel.Duplicate(lease.Fd);
    }
}
