namespace Vfio.Core;

/// <summary>Which back end a model is.</summary>
internal static class ContainerModels
{
    public static ContainerModel ToModel(this VfioBackend backend) => backend switch
    {
        VfioBackend.Type1V2 or VfioBackend.CompatType1V2 => ContainerModel.Type1V2,
        VfioBackend.Type1V1 or VfioBackend.CompatType1V1 => ContainerModel.Type1V1,
        VfioBackend.NoIommu => ContainerModel.NoIommu,
        _ => throw new ArgumentOutOfRangeException(nameof(backend), backend, "This back end is no container."),
    };

    public static VfioBackend ToBackend(this ContainerModel model, bool isIommufd) => model switch
    {
        ContainerModel.Type1V2 => isIommufd ? VfioBackend.CompatType1V2 : VfioBackend.Type1V2,
        ContainerModel.Type1V1 => isIommufd ? VfioBackend.CompatType1V1 : VfioBackend.Type1V1,
        _ => VfioBackend.NoIommu,
    };
}
