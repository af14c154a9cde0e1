namespace Vfio.Core.Tests;

/// <summary>A container: what the kernel keeps for one open of <c>/dev/vfio/vfio</c>.</summary>
internal sealed class FakeContainer
{
    /// <summary>The extension that SET_IOMMU chose, or zero where there is no IOMMU.</summary>
    public uint Model { get; set; }

    public List<FakeGroup> Groups { get; } = [];

    public SortedDictionary<ulong, FakeMapping> Mappings { get; } = [];
}
