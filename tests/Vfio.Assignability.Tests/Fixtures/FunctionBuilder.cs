namespace Vfio.Assignability.Tests;

/// <summary>Describes one PCI function of a host. Each method gives the function back, unless it adds another one.</summary>
internal sealed partial class FunctionBuilder
{
    private readonly FunctionBuilder? _above;
    private readonly Dictionary<string, string?> _attributes = new(StringComparer.Ordinal);
    private readonly List<FunctionBuilder> _below = [];
    private bool _hasGroup = true;

    internal FunctionBuilder(HostTreeBuilder host, FunctionBuilder? above, string address, int vendor, int device, int cls)
    {
        (Host, _above, Address, Vendor, DeviceId, Class) = (host, above, address, vendor, device, cls);
        above?._below.Add(this);
        if (cls >> 8 != 0x0604)
        {
            _ = PowerManagement().Msi().MsiX().Express(above is null ? PortType.Integrated : PortType.Endpoint);
        }
    }

    public HostTreeBuilder Host { get; }

    public string Address { get; }

    public int Vendor { get; }

    public int DeviceId { get; }

    public int Class { get; }

    /// <summary>Its bus, as in <c>0000:01</c>.</summary>
    public string Bus => Address[..^5];

    /// <summary>Its folder in the tree of devices.</summary>
    public string Folder => _above is null ? $"/sys/devices/pci{Bus}/{Address}"
        : _above.IsBridge ? $"{_above.Folder}/{Address}"
        : $"{_above.Folder}/pci{Bus}/{Address}";

    /// <summary>Its link among those of all functions.</summary>
    public string Link => $"{HostTreeBuilder.PciDevices}/{Address}";

    public bool IsBridge => Class >> 8 is 0x0604 or 0x0609;

    public string? DriverName { get; private set; }

    public bool IsOnVfio => DriverName?.Contains("vfio", StringComparison.Ordinal) == true;

    public int? VfioNumber { get; internal set; }

    public bool HasGroup => _hasGroup && (IsNoIommu || Host.IommuName is not null);

    public bool IsNoIommu { get; private set; }

    public int? GroupNumber { get; internal set; }

    public List<string> ReservedLines { get; } = [];

    /// <summary>A function right behind it: on its secondary bus, or in a domain of its own where it is no bridge.</summary>
    public FunctionBuilder Device(string address, int vendor, int device, int cls) => Host.Add(new FunctionBuilder(Host, this, address, vendor, device, cls));

    /// <summary>Another function beside it, behind the same bridge.</summary>
    public FunctionBuilder Beside(string address, int vendor, int device, int cls) => Host.Add(new FunctionBuilder(Host, _above, address, vendor, device, cls));

    /// <summary>A root port of the domain that is behind it, on pcieport.</summary>
    public FunctionBuilder RootPort(string address) => Host.Add(Port(Host, this, address, 0x1901, PortType.Root));

    /// <summary>A switch's upstream port behind it, on pcieport.</summary>
    public FunctionBuilder UpstreamPort(string address) => Host.Add(Port(Host, this, address, 0x8747, PortType.Upstream));

    /// <summary>A switch's downstream port behind it, on pcieport.</summary>
    public FunctionBuilder DownstreamPort(string address) => Host.Add(Port(Host, this, address, 0x8747, PortType.Downstream));

    /// <summary>A bridge to conventional PCI behind it, without a driver.</summary>
    public FunctionBuilder ConventionalBridge(string address) => Host.Add(Port(Host, this, address, 0x000e, PortType.ToConventional));

    /// <summary>The driver that is bound. One of VFIO's gives it a device of VFIO's too.</summary>
    public FunctionBuilder Driver(string? name)
    {
        DriverName = name;
        return this;
    }

    public FunctionBuilder Override(string name) => Attribute("driver_override", name);

    /// <summary>The number of its group.</summary>
    public FunctionBuilder Group(int number)
    {
        GroupNumber = number;
        return this;
    }

    /// <summary>No group: no IOMMU translates for it.</summary>
    public FunctionBuilder NoGroup()
    {
        _hasGroup = false;
        return this;
    }

    /// <summary>A group of VFIO's no-IOMMU mode, which only a function on a driver of VFIO's has.</summary>
    public FunctionBuilder NoIommuGroup()
    {
        IsNoIommu = true;
        return this;
    }

    /// <summary>A line of its group's reserved regions, such as <c>0x8d800000 0x8fffffff direct</c>.</summary>
    public FunctionBuilder Reserved(string line)
    {
        ReservedLines.Add(line);
        return this;
    }

    /// <summary>An attribute in place of what it would be.</summary>
    public FunctionBuilder Attribute(string name, string text)
    {
        _attributes[name] = text;
        return this;
    }

    /// <summary>Leaves out an attribute or a link.</summary>
    public FunctionBuilder Without(string name)
    {
        _attributes[name] = null;
        return this;
    }

    /// <summary>What the kernel lists in <c>reset_method</c>. By default what it would find.</summary>
    public FunctionBuilder Reset(string methods) => Attribute("reset_method", methods);

    /// <summary>No file <c>reset_method</c>, and none called <c>reset</c>.</summary>
    public FunctionBuilder NoReset() => Without("reset_method").Without("reset");

    /// <summary>How the host uses power: what <c>power_state</c> and <c>power/runtime_status</c> say.</summary>
    public FunctionBuilder Power(string state, string runtimeStatus = "suspended")
        => Attribute("power_state", state).Attribute("power/runtime_status", runtimeStatus).Attribute("power/control", "auto");

    internal static FunctionBuilder Port(HostTreeBuilder host, FunctionBuilder? above, string address, int device, PortType type)
    {
        int vendor = type switch { PortType.Root => 0x8086, PortType.ToConventional => 0x1b36, _ => 0x10b5 };
        var port = new FunctionBuilder(host, above, address, vendor, device, 0x060400);
        _ = port.PowerManagement().Express(type);
        return type == PortType.ToConventional ? port : port.Msi().Driver("pcieport");
    }
}
