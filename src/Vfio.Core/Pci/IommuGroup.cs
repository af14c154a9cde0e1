namespace Vfio.Core;

/// <summary>An IOMMU group: the functions that the host cannot keep apart, and so the smallest unit to give away.</summary>
/// <remarks>A snapshot that fills itself as it is asked. Not thread-safe.</remarks>
public sealed class IommuGroup
{
    internal const string GroupsPath = "/sys/kernel/iommu_groups";

    // The name that VFIO gives to the groups that it makes itself.
    internal const string NoIommuName = "vfio-noiommu";

    private readonly PciHost _host;
    private IReadOnlyList<PciFunction>? _members;
    private HostFact<IReadOnlyList<ReservedRegion>>? _reserved;

    internal IommuGroup(PciHost host, string id)
    {
        _host = host;
        Id = id;
        Path = $"{GroupsPath}/{id}";
        Name = host.Tree.ReadText($"{Path}/name");
        Type = host.Tree.ReadText($"{Path}/type");
    }

    /// <summary>Its number. It is not stable: another kernel may number in another way.</summary>
    public string Id { get; }

    /// <summary>Its folder, as the host names it.</summary>
    public string Path { get; }

    /// <summary>Its name (<c>name</c>); absent for nearly all.</summary>
    public HostFact<string> Name { get; }

    /// <summary>How the kernel itself uses the IOMMU for it (<c>type</c>): DMA, DMA-FQ, identity, blocked, unmanaged or unknown.</summary>
    public HostFact<string> Type { get; }

    /// <summary>Its functions, in order of address.</summary>
    public IReadOnlyList<PciFunction> Members => _members ??= ReadMembers();

    /// <summary>Whether it stands for no IOMMU at all: VFIO made it in its no-IOMMU mode, and it isolates nothing.</summary>
    public bool IsNoIommu => Name.Value == NoIommuName
        || Members.Any(static member => member.VfioDevice?.StartsWith("noiommu-", StringComparison.Ordinal) == true)
        || (Type.Value is null or "unknown" && _host.Tree.Exists($"/dev/vfio/noiommu-{Id}"));

    /// <summary>What its devices must not use of their address space, or must keep as it is (<c>reserved_regions</c>).</summary>
    public HostFact<IReadOnlyList<ReservedRegion>> ReservedRegions
        => _reserved ??= _host.Tree.ReadText($"{Path}/reserved_regions").Convert(ReservedRegion.ParseAll);

    /// <summary>Its number.</summary>
    public override string ToString() => Id;

    private List<PciFunction> ReadMembers()
    {
        var members = new HashSet<PciFunction>(_host.LinkedTo(Id));
        foreach (string name in _host.Tree.Names($"{Path}/devices"))
        {
            if (PciAddress.TryParse(name, out PciAddress address) && _host.Find(address) is { } function)
            {
                _ = members.Add(function);
            }
        }

        return [.. members.OrderBy(static member => member.Address)];
    }
}
