using System.Globalization;

namespace Vfio.Core;

/// <summary>A PCI function as the kernel shows it, whoever owns it. Needs no privilege.</summary>
/// <remarks>
/// Each fact is read when it is first asked for, and kept: a function is a snapshot that fills itself. Nothing here opens the
/// device. What is missing or unreadable is a fact of that kind, never an exception. Not thread-safe.
/// </remarks>
public sealed partial class PciFunction
{
    private readonly Dictionary<string, HostFact<string>> _attributes = new(StringComparer.Ordinal);

    internal PciFunction(PciHost host, PciAddress address)
    {
        Host = host;
        Address = address;
        Path = $"{PciHost.DevicesPath}/{address}";
    }

    /// <summary>The host that it is a function of.</summary>
    public PciHost Host { get; }

    /// <summary>Its address.</summary>
    public PciAddress Address { get; }

    /// <summary>Its folder among those of all functions, as the host names it.</summary>
    public string Path { get; }

    /// <summary>The vendor's id (<c>vendor</c>). A virtual function has none in its configuration space, but has one here.</summary>
    public HostFact<uint> Vendor => Hex("vendor", ushort.MaxValue);

    /// <summary>The device's id among its vendor's (<c>device</c>).</summary>
    public HostFact<uint> Device => Hex("device", ushort.MaxValue);

    /// <summary>The id of the card's vendor (<c>subsystem_vendor</c>).</summary>
    public HostFact<uint> SubsystemVendor => Hex("subsystem_vendor", ushort.MaxValue);

    /// <summary>The id of the card (<c>subsystem_device</c>).</summary>
    public HostFact<uint> SubsystemDevice => Hex("subsystem_device", ushort.MaxValue);

    /// <summary>Class, subclass and programming interface as <c>0xccsspp</c> (<c>class</c>).</summary>
    public HostFact<uint> Class => Hex("class", 0xffffff);

    /// <summary>The vendor's id, or zero where it is not known.</summary>
    public ushort VendorId => (ushort)Vendor.Value;

    /// <summary>The device's id among its vendor's, or zero where it is not known.</summary>
    public ushort DeviceId => (ushort)Device.Value;

    /// <summary>Class, subclass and programming interface, as <c>0xccsspp</c>, or zero where it is not known.</summary>
    public uint ClassCode => Class.Value;

    /// <summary>The ids as they are usually written, such as <c>1234:11e8</c>.</summary>
    public string Ids => string.Create(CultureInfo.InvariantCulture, $"{VendorId:x4}:{DeviceId:x4}");

    /// <summary>Reads one function of this host.</summary>
    /// <exception cref="VfioException">The machine has none at this address.</exception>
    public static PciFunction Read(PciAddress address) => new PciHost(HostTree.Local).Get(address);

    /// <summary>Reads all functions of this host, in order of address; none where it has no PCI.</summary>
    public static IReadOnlyList<PciFunction> ReadAll() => new PciHost(HostTree.Local).Functions;

    /// <summary>The text of an attribute, which is a file in the function's folder. Read once.</summary>
    /// <param name="name">Its name, such as <c>power_state</c>, or <c>power/control</c>.</param>
    public HostFact<string> Attribute(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_attributes.TryGetValue(name, out HostFact<string> text))
        {
            text = Host.Tree.ReadText($"{Path}/{name}");
            _attributes.Add(name, text);
        }

        return text;
    }

    /// <summary>An attribute that is a whole number.</summary>
    public HostFact<long> Number(string name) => Attribute(name).ConvertValue(static text => HostText.Number(text));

    /// <summary>Its address.</summary>
    public override string ToString() => Address.ToString();

    private HostFact<uint> Hex(string name, uint largest)
        => Attribute(name).ConvertValue<uint>(text => HostText.Hex(text) is { } value && value <= largest ? (uint)value : null);
}
