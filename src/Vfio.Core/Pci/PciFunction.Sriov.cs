namespace Vfio.Core;

/// <content>What a function has to do with SR-IOV (PCI Express Base Specification, SR-IOV).</content>
public sealed partial class PciFunction
{
    private IReadOnlyList<PciFunction>? _virtualFunctions;
    private HostFact<string>? _physicalFunction;

    /// <summary>The link from a virtual function to its physical function; absent for others.</summary>
    public HostFact<string> PhysicalFunctionLink => _physicalFunction ??= Host.Tree.LinkName($"{Path}/physfn");

    /// <summary>Whether it is a virtual function.</summary>
    public bool IsVirtualFunction => PhysicalFunctionLink.State != FactState.Absent;

    /// <summary>The physical function of a virtual one, or null.</summary>
    public PciFunction? PhysicalFunction
        => PciAddress.TryParse(PhysicalFunctionLink.Value, out PciAddress address) ? Host.Find(address) : null;

    /// <summary>How many virtual functions it can have (<c>sriov_totalvfs</c>); absent where it has no SR-IOV.</summary>
    public HostFact<long> VirtualFunctionLimit => Number("sriov_totalvfs");

    /// <summary>How many virtual functions it has now (<c>sriov_numvfs</c>).</summary>
    public HostFact<long> VirtualFunctionCount => Number("sriov_numvfs");

    /// <summary>The virtual functions that it has now, in order of address.</summary>
    public IReadOnlyList<PciFunction> VirtualFunctions => _virtualFunctions ??= ReadVirtualFunctions();

    private List<PciFunction> ReadVirtualFunctions()
    {
        if (IsVirtualFunction || VirtualFunctionLimit.State == FactState.Absent)
        {
            return [];
        }

        return
        [
            .. Host.Tree.Names(Path)
                .Where(static name => name.StartsWith("virtfn", StringComparison.Ordinal))
                .Select(name => PciAddress.TryParse(Host.Tree.LinkName($"{Path}/{name}").Value, out PciAddress address) ? Host.Find(address) : null)
                .OfType<PciFunction>()
                .OrderBy(static function => function.Address),
        ];
    }
}
