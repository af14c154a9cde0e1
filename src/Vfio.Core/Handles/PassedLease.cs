using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>A descriptor of somebody else's handle, which is not closed while this is held.</summary>
internal readonly ref struct PassedLease
{
    private readonly SafeHandle _handle;

    /// <exception cref="ObjectDisposedException">The handle is closed.</exception>
    public PassedLease(SafeHandle handle)
    {
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    /// <summary>The number of the descriptor.</summary>
    public int Fd => (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
