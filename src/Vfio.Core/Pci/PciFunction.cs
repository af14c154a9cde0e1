using System.Globalization;

namespace Vfio.Core;

/// <summary>A PCI function as the kernel shows it, whoever owns it. Read once; needs no privilege.</summary>
/// <param name="Address">Its address.</param>
/// <param name="VendorId">The vendor's id.</param>
/// <param name="DeviceId">The device's id among its vendor's.</param>
/// <param name="ClassCode">Class, subclass and programming interface, as <c>0xccsspp</c>.</param>
/// <param name="Driver">The driver that is bound, or null.</param>
/// <param name="IommuGroup">The number of its IOMMU group, or null where no IOMMU translates for it.</param>
public sealed record PciFunction(
    PciAddress Address, ushort VendorId, ushort DeviceId, uint ClassCode, string? Driver, int? IommuGroup)
{
    /// <summary>Reads one function.</summary>
    /// <exception cref="VfioException">The machine has none at this address.</exception>
    public static PciFunction Read(PciAddress address) => Read(VfioHost.Local.Pci, address);

    /// <summary>Reads all functions of the machine, in order of address; none where it has no PCI.</summary>
    public static IReadOnlyList<PciFunction> ReadAll() => ReadAll(VfioHost.Local.Pci);

    /// <summary>The ids as they are usually written, such as <c>1234:11e8</c>.</summary>
    public string Ids => string.Create(CultureInfo.InvariantCulture, $"{VendorId:x4}:{DeviceId:x4}");

    internal static PciFunction Read(SysfsPci pci, PciAddress address)
        => pci.Exists(address) ? ReadExisting(pci, address) : throw DeviceErrors.NoSuchDevice(address.ToString());

    internal static IReadOnlyList<PciFunction> ReadAll(SysfsPci pci)
        => [.. pci.Addresses().Select(address => ReadExisting(pci, address))];

    private static PciFunction ReadExisting(SysfsPci pci, PciAddress address) => new(
        address,
        Id(pci, address, "vendor"),
        Id(pci, address, "device"),
        pci.Hex(address, "class"),
        pci.Driver(address),
        pci.Group(address));

    private static ushort Id(SysfsPci pci, PciAddress address, string attribute)
        => pci.Hex(address, attribute) is <= ushort.MaxValue and uint id ? (ushort)id : (ushort)0;
}
