using System.Globalization;
using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>Virtual functions of a physical function that vfio-pci has, made through sysfs and gone with the object.</summary>
internal sealed class VirtualFunctions : IDisposable
{
    private const string Switch = "/sys/module/vfio_pci/parameters/enable_sriov";

    private readonly string _folder;
    private readonly string _before;

    private VirtualFunctions(PciAddress physical)
    {
        _folder = $"/sys/bus/pci/devices/{physical}";
        _before = File.ReadAllText(Switch);
        File.WriteAllText(Switch, "1");
    }

    /// <summary>Lets vfio-pci make virtual functions. It must have the physical one already.</summary>
    public static VirtualFunctions Allow(PciAddress physical) => new(physical);

    /// <summary>Makes them, and gives the first. No driver takes them by itself.</summary>
    public PciAddress Create(int count)
    {
        File.WriteAllText(Path.Combine(_folder, "sriov_drivers_autoprobe"), "0");
        File.WriteAllText(Path.Combine(_folder, "sriov_numvfs"), count.ToString(CultureInfo.InvariantCulture));
        return PciAddress.Parse(Path.GetFileName(new DirectoryInfo(Path.Combine(_folder, "virtfn0")).LinkTarget!));
    }

    public void Dispose()
    {
        File.WriteAllText(Path.Combine(_folder, "sriov_numvfs"), "0");
        File.WriteAllText(Path.Combine(_folder, "sriov_drivers_autoprobe"), "1");
        File.WriteAllText(Switch, _before.Trim() is "Y" or "1" ? "1" : "0");
    }
}
