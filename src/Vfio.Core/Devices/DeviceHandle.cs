namespace Vfio.Core;

/// <summary>The descriptor of an open device. While it is open, its host counts the function as this process's.</summary>
internal sealed class DeviceHandle(VfioHost host, int fd, OpenFunction function, GroupHandle group)
    : KernelHandle(host.Kernel, fd, function.Address.ToString(), group)
{
    protected override void Dispose(bool disposing)
    {
        host.OpenFunctions.MarkClosing(function);
        base.Dispose(disposing);
    }

    protected override void OnClosed() => host.OpenFunctions.Remove(function);
}
