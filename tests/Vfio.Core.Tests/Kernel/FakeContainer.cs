namespace Vfio.Core.Tests;

/// <summary>A container: what the kernel keeps for one open of <c>/dev/vfio/vfio</c>.</summary>
internal sealed class FakeContainer
{
    /// <summary>The extension that SET_IOMMU chose, or zero where there is no IOMMU.</summary>
    public uint Model { get; set; }

    public List<FakeGroup> Groups { get; } = [];

    public SortedDictionary<ulong, FakeMapping> Mappings { get; } = [];

    public bool IsNoIommu => Groups.Exists(static group => group.Kind == FakeGroupKind.NoIommu);

    /// <summary>Whether no hardware translates, only drivers of mediated devices.</summary>
    public bool IsEmulated => Groups.TrueForAll(static group => group.Kind == FakeGroupKind.Emulated);
}
