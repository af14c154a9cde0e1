namespace Vfio.Core.Tests;

/// <summary>An IOMMU group.</summary>
internal sealed class FakeGroup(int id)
{
    public int Id { get; } = id;

    public bool Viable { get; set; } = true;

    public bool IsOpen { get; set; }

    /// <summary>Open device descriptors; the kernel would keep the group busy until they are closed.</summary>
    public int OpenDevices { get; set; }

    public FakeContainer? Container { get; set; }
}
