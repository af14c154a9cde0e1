using System.Globalization;

namespace Vfio.Core;

/// <summary>A device of the host, as sysfs shows it at the time of an open: a PCI function, or a mediated device.</summary>
internal sealed class HostDevice
{
    private string? _node;

    private HostDevice(string name, string folder, PciAddress? address)
    {
        Name = name;
        Folder = folder;
        Address = address;
    }

    /// <summary>By what the kernel knows it: an address, or a UUID.</summary>
    public string Name { get; }

    /// <summary>The folder of its attributes.</summary>
    public string Folder { get; }

    /// <summary>Its address, or null for a mediated device.</summary>
    public PciAddress? Address { get; }

    /// <summary>The driver that has it, or null.</summary>
    public string? Driver { get; private init; }

    /// <summary>The number of its group, or null.</summary>
    public int? Group { get; private init; }

    /// <summary>The name of its own node, such as <c>vfio0</c>; null where the kernel makes none. Looked up when it is asked for: not all back ends do.</summary>
    public string? Node => _node ??= SysfsFile.FirstFolder(Path.Combine(Folder, "vfio-dev"));

    /// <summary>Whether no IOMMU stands between it and memory.</summary>
    public bool IsNoIommu { get; private set; }

    /// <summary>What is owned by one process only: the group, or where the kernel makes none, the device.</summary>
    public string OwnedUnit => Group is { } id ? id.ToString(CultureInfo.InvariantCulture) : Name;

    /// <summary>Finds a PCI function.</summary>
    /// <exception cref="VfioException">There is none at this address.</exception>
    public static HostDevice Find(VfioHost host, PciAddress address)
    {
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address.ToString());
        }

        int? group = host.Pci.Group(address);
        var device = new HostDevice(address.ToString(), host.Paths.Function(address), address)
        {
            Driver = host.Pci.Driver(address),
            Group = group,
        };

        // Without groups in the kernel's configuration, a node without a group is all that tells.
        device.IsNoIommu = group is { } id ? host.Pci.IsNoIommu(id) : device.Node is not null;
        return device;
    }

    /// <summary>Finds a mediated device. What it may reach is its driver's business, so that it always counts as isolated.</summary>
    /// <exception cref="VfioException">There is none with this UUID.</exception>
    public static HostDevice Find(VfioHost host, Guid uuid)
    {
        string name = uuid.ToString("D", CultureInfo.InvariantCulture);
        string folder = Path.Combine(host.Paths.MediatedDevices, name);
        if (!Directory.Exists(folder))
        {
            throw DeviceErrors.NoSuchMediatedDevice(name);
        }

        return new HostDevice(name, folder, address: null)
        {
            Driver = SysfsFile.LinkName(Path.Combine(folder, "driver")),
            Group = int.TryParse(
                SysfsFile.LinkName(Path.Combine(folder, "iommu_group")), NumberStyles.None, CultureInfo.InvariantCulture, out int group)
                ? group
                : null,
        };
    }
}
