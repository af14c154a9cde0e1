namespace Vfio.Core.Tests;

/// <summary>A device that is bound to an iommufd.</summary>
internal sealed class FakeBoundDevice(FakeIommufd owner, uint id, FakeDevice device, FakeIommuGroup group)
    : FakeIommuObject(owner, id)
{
    public FakeDevice Device { get; } = device;

    public FakeIommuGroup Group { get; } = group;

    public bool IsAttached { get; set; }

    /// <summary>The PASIDs that are attached.</summary>
    public SortedSet<uint> Pasids { get; } = [];

    /// <summary>The page table that translates for it, or null.</summary>
    public FakeHwpt? Hwpt => Group.Attachments.TryGetValue(0, out FakeAttachment? attachment) ? attachment.Hwpt : null;

    public override void Release()
    {
        if (Device.Group is { Kind: FakeGroupKind.Iommu } group && --group.Owned == 0)
        {
            group.Owner = null;
        }
    }
}
