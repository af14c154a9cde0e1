using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>The C library's <c>struct sigaction</c> on 64-bit machines, the same in glibc and in musl.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalAction
{
    private const int MaskWords = 16;

    /// <summary>The handler; 0 stands for the default, 1 for ignoring.</summary>
    public nint Handler;

    /// <summary>The signals that are held back while the handler runs.</summary>
    public fixed ulong Mask[MaskWords];

    public int Flags;

    /// <summary>The C library's own business.</summary>
    public nint Restorer;
}
