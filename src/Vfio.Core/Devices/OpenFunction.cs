namespace Vfio.Core;

/// <summary>A function that this process has open, or is opening or closing.</summary>
internal sealed class OpenFunction(string name)
{
    public string Name => name;

    /// <summary>Whether the last call into the function is all that keeps it open.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The device that was made of it, which may be forgotten like any other object; null before it is made.</summary>
    public WeakReference<VfioDevice>? Device { get; set; }
}
