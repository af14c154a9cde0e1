using Vfio.Core;

namespace Vfio.Tool.Inspect.Text;

/// <summary>What the functions of a host are called.</summary>
internal sealed class DeviceNames(PciHost host, PciNames names)
{
    /// <summary>Vendor and device, as far as there are names; null where there are none.</summary>
    public string? NameOf(PciAddress address) => host.Find(address) is { } function
        && string.Join(' ', new[] { names.OfVendor(function.VendorId), names.OfDevice(function.VendorId, function.DeviceId) }.OfType<string>()) is { Length: > 0 } name
        ? name
        : null;

    /// <summary>The device alone, for a table: its name, or its ids; null where the host has no such function.</summary>
    public string? ShortNameOf(PciAddress address)
        => host.Find(address) is { } function ? names.OfDevice(function.VendorId, function.DeviceId) ?? function.Ids : null;

    /// <summary>The ids, such as <c>8086:10c9</c>; null where the host does not tell.</summary>
    public string? IdsOf(PciAddress address) => host.Find(address) is { Vendor.IsKnown: true, Device.IsKnown: true } function ? function.Ids : null;

    /// <summary>The class in words, or null.</summary>
    public string? ClassOf(PciAddress address) => host.Find(address) is { Class.IsKnown: true } function ? names.OfClass(function.ClassCode) : null;

    /// <summary>The driver that has it, or null.</summary>
    public string? DriverOf(PciAddress address) => host.Find(address)?.Driver;
}
