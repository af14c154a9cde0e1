using System.Globalization;

namespace Vfio.Core;

/// <summary>Where the kernel shows devices, below a root that tests replace.</summary>
internal sealed class HostPaths(string root)
{
    public static HostPaths Root { get; } = new("/");

    /// <summary>The folder of one link for each PCI function.</summary>
    public string PciDevices { get; } = Path.Combine(root, "sys/bus/pci/devices");

    /// <summary>The folder of the PCI drivers.</summary>
    public string PciDrivers { get; } = Path.Combine(root, "sys/bus/pci/drivers");

    /// <summary>The file that asks the kernel to find a driver for a function.</summary>
    public string DriversProbe { get; } = Path.Combine(root, "sys/bus/pci/drivers_probe");

    /// <summary>The folder of the IOMMU groups.</summary>
    public string IommuGroups { get; } = Path.Combine(root, "sys/kernel/iommu_groups");

    /// <summary>The node of VFIO containers.</summary>
    public string ContainerNode { get; } = Path.Combine(root, "dev/vfio/vfio");

    /// <summary>The node of iommufd.</summary>
    public string IommufdNode { get; } = Path.Combine(root, "dev/iommu");

    /// <summary>The folder of one link for each mediated device, named by UUID.</summary>
    public string MediatedDevices { get; } = Path.Combine(root, "sys/bus/mdev/devices");

    /// <summary>The list of drivers of character devices.</summary>
    public string CharacterDevices { get; } = Path.Combine(root, "proc/devices");

    /// <summary>The switch of VFIO's no-IOMMU mode.</summary>
    public string NoIommuParameter { get; } = Path.Combine(root, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode");

    /// <summary>The folder of a PCI function.</summary>
    public string Function(PciAddress address) => Path.Combine(PciDevices, address.ToString());

    /// <summary>The node of a device that is opened without its group, such as <c>vfio0</c>.</summary>
    public string DeviceNode(string name) => Path.Combine(root, "dev/vfio/devices", name);

    /// <summary>The node of a group.</summary>
    public string GroupNode(int group)
        => Path.Combine(root, "dev/vfio", group.ToString(CultureInfo.InvariantCulture));

    /// <summary>The node of a group that exists only because of no-IOMMU mode.</summary>
    public string NoIommuGroupNode(int group)
        => Path.Combine(root, "dev/vfio", string.Create(CultureInfo.InvariantCulture, $"noiommu-{group}"));
}
