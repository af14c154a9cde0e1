namespace Vfio.Core.Tests;

/// <summary>What the kernel keeps for one open of a device's own node.</summary>
internal sealed class FakeCdevFile(FakeDevice device)
{
    public FakeDevice Device { get; } = device;

    /// <summary>The iommufd that it is bound to; without one no call but that to bind it goes through.</summary>
    public FakeIommufd? Iommufd { get; set; }
}
