namespace Vfio.Core.Tests;

/// <summary>Machines for tests of what all back ends, or some of them, have in common.</summary>
public static class Interfaces
{
    /// <summary>A container without an IOMMU, which maps nothing.</summary>
    public const FakeInterfaces NoIommuContainer = FakeInterfaces.ContainersOnly | FakeInterfaces.NoIommu;

    /// <summary>An iommufd whose devices have no IOMMU.</summary>
    public const FakeInterfaces NoIommuCdev = FakeInterfaces.CdevsOnly | FakeInterfaces.NoIommu;

    /// <summary>Where an IOMMU translates.</summary>
    public static IReadOnlyList<FakeInterfaces> Isolated { get; } =
    [
        FakeInterfaces.ContainersOnly,
        FakeInterfaces.CdevsOnly,
        FakeInterfaces.Both,
        FakeInterfaces.Compat,
        FakeInterfaces.CompatUnderContainerNode,
    ];

    /// <summary>Where memory can be mapped.</summary>
    public static IReadOnlyList<FakeInterfaces> Mapping { get; } = [.. Isolated, NoIommuCdev];

    public static IReadOnlyList<FakeInterfaces> All { get; } = [.. Mapping, NoIommuContainer];

    public static TheoryData<FakeInterfaces> IsolatedOnes { get; } = new(Isolated);

    public static TheoryData<FakeInterfaces> MappingOnes { get; } = new(Mapping);

    public static TheoryData<FakeInterfaces> AllOnes { get; } = new(All);
}
