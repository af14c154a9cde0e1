namespace Vfio.Core.Tests;

/// <summary>The page table of a group for a PASID, and the devices that asked for it.</summary>
internal sealed class FakeAttachment(FakeHwpt hwpt)
{
    public FakeHwpt Hwpt { get; set; } = hwpt;

    public List<FakeBoundDevice> Devices { get; } = [];
}
