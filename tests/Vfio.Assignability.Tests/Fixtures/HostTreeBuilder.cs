namespace Vfio.Assignability.Tests;

/// <summary>Describes a host, and writes it as a captured tree, laid out as the kernel does.</summary>
/// <remarks>
/// <para>Unless said otherwise: Linux 7.3 with VFIO's modules loaded, one VT-d unit that remaps interrupts, root as the caller
/// without a limit on locked memory, and each function without a driver and alone in its group.</para>
/// <para>Nothing is written until <see cref="Build"/>. The folder is deleted when the builder is disposed.</para>
/// </remarks>
internal sealed partial class HostTreeBuilder : IDisposable
{
    public const string PciDevices = "/sys/bus/pci/devices";
    public const string PciDrivers = "/sys/bus/pci/drivers";

    private readonly TreeFolder _tree = new();
    private readonly List<FunctionBuilder> _functions = [];
    private readonly List<Action<TreeFolder>> _extras = [];

    /// <summary>The folder that the tree is written to.</summary>
    public string Root => _tree.Root;

    /// <summary>Whether functions have only those attributes that reports cannot do without, for hosts with thousands of them.</summary>
    public bool IsSparse { get; init; }

    /// <summary>All functions so far, in the order in which they were added.</summary>
    public IReadOnlyList<FunctionBuilder> Functions => _functions;

    /// <summary>A function on a root bus: that of its address.</summary>
    public FunctionBuilder Device(string address, int vendor, int device, int cls) => Add(new FunctionBuilder(this, null, address, vendor, device, cls));

    /// <summary>A PCI Express root port on a root bus, on pcieport.</summary>
    public FunctionBuilder RootPort(string address) => Add(FunctionBuilder.Port(this, null, address, 0x1901, PortType.Root));

    /// <summary>A file of the host's, in place of what would be there.</summary>
    public HostTreeBuilder Text(string path, string text) => Also(tree =>
    {
        tree.Remove(path);
        tree.Text(path, text);
    });

    /// <summary>A file of these bytes.</summary>
    public HostTreeBuilder Bytes(string path, params byte[] bytes) => Also(tree =>
    {
        tree.Remove(path);
        tree.Bytes(path, bytes);
    });

    /// <summary>A link with this text, in place of what would be there.</summary>
    public HostTreeBuilder Link(string path, string target) => Also(tree => tree.Link(path, target));

    /// <summary>Leaves out a file, folder or link.</summary>
    public HostTreeBuilder Without(string path) => Also(tree => tree.Remove(path));

    /// <summary>Does something to the tree once everything else is written.</summary>
    public HostTreeBuilder Also(Action<TreeFolder> write)
    {
        _extras.Add(write);
        return this;
    }

    /// <summary>Writes the tree, anew each time, and reads its PCI.</summary>
    public PciHost Build()
    {
        _tree.Clear();
        WriteSystem(_tree);
        WriteIommus(_tree);
        WriteGroups(_tree);
        foreach (FunctionBuilder function in _functions)
        {
            function.Write(_tree);
        }

        foreach (Action<TreeFolder> extra in _extras)
        {
            extra(_tree);
        }

        return new PciHost(HostTree.At(Root));
    }

    /// <summary>Writes the tree and reports on one of its functions.</summary>
    public AssignabilityReport Inspect(string address, InspectOptions? options = null)
        => DeviceInspector.Inspect(Build(), PciAddress.Parse(address), options);

    public void Dispose() => _tree.Dispose();

    internal FunctionBuilder Add(FunctionBuilder function)
    {
        _functions.Add(function);
        return function;
    }
}
