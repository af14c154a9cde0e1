using Vfio.Core;

namespace Vfio.Device.Tests.Inspect;

/// <summary>Another list of ways to reset a device, which the kernel takes, until the object goes.</summary>
internal sealed class ResetMethods : IDisposable
{
    private readonly string _path;

    private ResetMethods(string path) => _path = path;

    public static ResetMethods Set(PciAddress device, string methods)
    {
        var self = new ResetMethods($"/sys/bus/pci/devices/{device}/reset_method");
        File.WriteAllText(self._path, methods + "\n");
        return self;
    }

    public void Dispose() => File.WriteAllText(_path, "default\n");
}
