namespace Vfio.Core.Tests;

/// <summary>An IOMMU group.</summary>
internal sealed class FakeGroup(int id, FakeGroupKind kind = FakeGroupKind.Iommu)
{
    public int Id { get; } = id;

    public FakeGroupKind Kind { get; } = kind;

    public bool Viable { get; set; } = true;

    public bool IsOpen { get; set; }

    /// <summary>Open device descriptors; the kernel would keep the group busy until they are closed.</summary>
    public int OpenDevices { get; set; }

    /// <summary>Devices that are bound by their cdev, which keeps the group's node closed.</summary>
    public int BoundDevices { get; set; }

    public FakeContainer? Container { get; set; }

    /// <summary>The iommufd that stands in for a container.</summary>
    public FakeIommufd? Iommufd { get; set; }

    /// <summary>The iommufd whose DMA the group does, by any path, and how many of its devices are bound to it.</summary>
    public FakeIommufd? Owner { get; set; }

    public int Owned { get; set; }

    /// <summary>Whether a stranger holds it, so that the library need not take it out of anything.</summary>
    public bool IsStrangers { get; set; }
}
