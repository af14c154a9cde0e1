namespace Vfio.Core.Tests;

/// <summary>What an iommufd keeps for a group: all its devices have the same page table, for each PASID.</summary>
internal sealed class FakeIommuGroup
{
    public SortedDictionary<uint, FakeAttachment> Attachments { get; } = [];
}
