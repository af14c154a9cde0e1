namespace Vfio.Core;

/// <content>Where the function sits.</content>
public sealed partial class PciFunction
{
    private PciPlace? _place;
    private HostFact<byte[]>? _config;
    private PciConfigImage? _image;

    /// <summary>Its folder in the tree of devices, as the host names it; null where the host's links do not say.</summary>
    public string? DevicePath => Place.DevicePath;

    /// <summary>The bridge that it is behind, or null on a root bus, and where it is not known.</summary>
    public PciFunction? Upstream => Place.Upstream is { } address ? Host.Find(address) : null;

    /// <summary>Whether it is on a root bus, which no bridge can reset; null where it is not known.</summary>
    public bool? IsOnRootBus => Place.IsOnRootBus;

    /// <summary>The function that its whole domain is behind, such as an Intel VMD controller, or null.</summary>
    public PciFunction? DomainOwner => Place.DomainOwner is { } address ? Host.Find(address) : null;

    /// <summary>All other functions on its bus, in order of address.</summary>
    public IEnumerable<PciFunction> Siblings => Host.OnBus(Address.Domain, Address.Bus).Where(other => other != this);

    /// <summary>The configuration space as far as this user may read it: 64 bytes without privilege, else 256 or 4096 (<c>config</c>).</summary>
    /// <remarks>Bytes that are missing are not known. A virtual function's ids read as ones.</remarks>
    public HostFact<byte[]> Config => _config ??= Host.Tree.ReadBytes($"{Path}/config", 4096);

    /// <summary>The configuration space, decoded, as far as this user may read it; null where none of it can be read.</summary>
    public PciConfigImage? ConfigImage => _image ??= Config is { IsKnown: true, Value: { Length: > 0 } bytes } ? new PciConfigImage(bytes) : null;

    /// <summary>The layout of its header: 0 for an endpoint, 1 for a bridge, 2 for a CardBus bridge; from its class where the configuration space cannot be read.</summary>
    public int HeaderType => Config is { IsKnown: true, Value: { Length: > 0xe } bytes } && (bytes[0xe] & 0x7f) is <= 2 and int type ? type
        : (ClassCode >> 8) switch { 0x0604 or 0x0609 => 1, 0x0607 => 2, _ => 0 };

    /// <summary>Whether it is a bridge: a root port, a port of a switch, a bridge to conventional PCI or CardBus.</summary>
    public bool IsBridge => HeaderType != 0;

    /// <summary>The bus right behind a bridge (<c>secondary_bus_number</c>, or its configuration space); null for others, and where it is not known.</summary>
    public byte? SecondaryBus => !IsBridge ? null
        : Number("secondary_bus_number") is { IsKnown: true, Value: > 0 and <= byte.MaxValue } bus ? (byte)bus.Value
        : Config.Value is { Length: > 0x19 } bytes && bytes[0x19] is not (0 or byte.MaxValue) ? bytes[0x19] : null;

    /// <summary>All functions behind a bridge, at any depth, in order of address; none for others.</summary>
    public IReadOnlyList<PciFunction> Below => IsBridge ? Host.BehindBridge(this) : [];

    /// <summary>Whether the other function is this one, or sits behind or beneath it in the tree of devices.</summary>
    public bool Contains(PciFunction other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other == this || (DevicePath is { } own && other.DevicePath is { } path && path.StartsWith(own + "/", StringComparison.Ordinal));
    }

    private PciPlace Place => _place ??= PciPlace.Of(this);
}
