namespace Vfio.Core;

/// <summary>The descriptor of an open device. While it is open, its host counts the device as this process's.</summary>
/// <param name="host">The host.</param>
/// <param name="fd">The descriptor.</param>
/// <param name="function">The host's entry for the device, struck out after the close.</param>
/// <param name="parent">What the device hangs on: its group, its iommufd, or nothing.</param>
internal class DeviceHandle(VfioHost host, int fd, OpenFunction function, KernelHandle? parent)
    : KernelHandle(host.Kernel, fd, function.Name, parent)
{
    protected override void Dispose(bool disposing)
    {
        host.OpenFunctions.MarkClosing(function);
        base.Dispose(disposing);
    }

    protected override void OnClosed() => host.OpenFunctions.Remove(function);
}
