using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Page requests of a device that are answered together.</summary>
internal sealed class FakeFaultGroup(FakeBoundDevice device, uint pasid, iommu_hwpt_pgfault[] faults)
{
    public FakeBoundDevice Device { get; } = device;

    public uint Pasid { get; } = pasid;

    public iommu_hwpt_pgfault[] Faults { get; } = faults;

    /// <summary>The code of the answer, or null while there is none.</summary>
    public uint? Answer { get; set; }
}
