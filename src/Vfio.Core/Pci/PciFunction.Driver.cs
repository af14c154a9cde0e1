using System.Globalization;

namespace Vfio.Core;

/// <content>Who has the function: drivers and groups.</content>
public sealed partial class PciFunction
{
    // What the kernel shows for an override that is not set.
    private const string NoOverride = "(null)";

    private HostFact<string>? _driverLink;
    private HostFact<string>? _groupLink;
    private HostFact<string>? _iommuLink;
    private string? _vfioDevice;
    private bool _vfioDeviceRead;

    /// <summary>The link to the driver that is bound; absent where none is.</summary>
    public HostFact<string> DriverLink => _driverLink ??= Host.Tree.LinkName($"{Path}/driver");

    /// <summary>The driver that is bound, or null.</summary>
    public string? Driver => DriverLink.Value;

    /// <summary>The only driver that may take the function, or null where any may (<c>driver_override</c>).</summary>
    public string? DriverOverride => ParseOverride(Attribute("driver_override").Value);

    /// <summary>The link to the IOMMU group; absent where no IOMMU translates for the function.</summary>
    public HostFact<string> GroupLink => _groupLink ??= Host.Tree.LinkName($"{Path}/iommu_group");

    /// <summary>The IOMMU group, or null. Groups of VFIO's no-IOMMU mode are groups too: <see cref="IommuGroup.IsNoIommu"/>.</summary>
    public IommuGroup? Group => GroupLink.Value is { } id ? Host.GroupOf(id) : null;

    /// <summary>The number of the IOMMU group, or null where there is none.</summary>
    public int? IommuGroup => int.TryParse(GroupLink.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int group) ? group : null;

    /// <summary>The link to the IOMMU that translates for the function, such as <c>dmar0</c>; absent where none does.</summary>
    public HostFact<string> IommuLink => _iommuLink ??= Host.Tree.LinkName($"{Path}/iommu");

    /// <summary>The IOMMU that translates for the function, or null.</summary>
    public IommuUnit? Iommu => IommuLink.Value is { } name ? Host.IommuOf(name) : null;

    /// <summary>VFIO's name for the device, such as <c>vfio0</c> or <c>noiommu-vfio0</c>; null where no VFIO driver has it, or the kernel gives no names.</summary>
    public string? VfioDevice
    {
        get
        {
            if (!_vfioDeviceRead)
            {
                _vfioDevice = Host.Tree.Names($"{Path}/vfio-dev").FirstOrDefault(static name => name.Contains("vfio", StringComparison.Ordinal));
                _vfioDeviceRead = true;
            }

            return _vfioDevice;
        }
    }

    /// <summary>The driver that <c>driver_override</c> names, or null for none.</summary>
    internal static string? ParseOverride(string? text) => text is { Length: > 0 } && text != NoOverride ? text : null;

    /// <summary>Whether a VFIO driver has the function, vfio-pci or a variant.</summary>
    public bool IsOnVfio => Driver is { } driver && (HostDrivers.IsVfio(driver) || VfioDevice is not null);
}
