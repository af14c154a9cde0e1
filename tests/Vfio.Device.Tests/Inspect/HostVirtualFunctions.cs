using Vfio.Core;

namespace Vfio.Device.Tests.Inspect;

/// <summary>A virtual function of a physical one that its host driver has; no driver takes it by itself.</summary>
internal sealed class HostVirtualFunctions : IDisposable
{
    private readonly string _folder;

    private HostVirtualFunctions(PciAddress physical)
    {
        _folder = $"/sys/bus/pci/devices/{physical}";
        File.WriteAllText(Path.Combine(_folder, "sriov_drivers_autoprobe"), "0");
        File.WriteAllText(Path.Combine(_folder, "sriov_numvfs"), "1");
        First = PciAddress.Parse(Path.GetFileName(new DirectoryInfo(Path.Combine(_folder, "virtfn0")).LinkTarget!));
    }

    public PciAddress First { get; }

    public static HostVirtualFunctions Create(PciAddress physical) => new(physical);

    public void Dispose()
    {
        File.WriteAllText(Path.Combine(_folder, "sriov_numvfs"), "0");
        File.WriteAllText(Path.Combine(_folder, "sriov_drivers_autoprobe"), "1");
    }
}
