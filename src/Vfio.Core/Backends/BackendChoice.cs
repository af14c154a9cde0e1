namespace Vfio.Core;

/// <summary>Which back ends may be used, the best first.</summary>
/// <param name="Preferences">Never empty.</param>
/// <param name="IsForced">Whether somebody asked for these, so that there is nothing to fall back to.</param>
internal sealed record BackendChoice(IReadOnlyList<VfioBackend> Preferences, bool IsForced)
{
    /// <summary>The best that the host has.</summary>
    public static BackendChoice Automatic { get; } = new(
        [
            VfioBackend.Iommufd,
            VfioBackend.Type1V2,
            VfioBackend.Type1V1,
            VfioBackend.CompatType1V2,
            VfioBackend.CompatType1V1,
            VfioBackend.NoIommu,
        ],
        IsForced: false);

    /// <summary>What a program asked for, or else the environment, or else nobody.</summary>
    /// <exception cref="VfioException">The environment's wish cannot be read.</exception>
    public static BackendChoice Of(VfioBackend? asked, string? environment)
        => asked is { } one ? new BackendChoice([one], IsForced: true) : Parse(environment);

    /// <summary>What to try, in order; back ends that one descriptor serves stand together.</summary>
    /// <param name="host">The host, which may lack nodes that nobody insists on.</param>
    /// <param name="hasDeviceNode">Whether the device, or devices at all, can be opened without their group.</param>
    /// <param name="hasGroup">Whether there is a group to put into a container.</param>
    /// <param name="noIommu">Whether it is for devices without an IOMMU.</param>
    public IReadOnlyList<IReadOnlyList<VfioBackend>> Candidates(VfioHost host, bool hasDeviceNode, bool hasGroup, bool noIommu)
    {
        bool hasIommufd = IsForced || File.Exists(host.Paths.IommufdNode);
        VfioBackend[][] all =
        [
            hasIommufd && (hasDeviceNode || IsForced) ? [VfioBackend.Iommufd] : [],
            IsForced ? [VfioBackend.Type1V2, VfioBackend.Type1V1, VfioBackend.NoIommu]
                : !hasGroup ? []
                : noIommu ? [VfioBackend.NoIommu]
                : [VfioBackend.Type1V2, VfioBackend.Type1V1],
            (hasGroup && hasIommufd && !noIommu) || IsForced ? [VfioBackend.CompatType1V2, VfioBackend.CompatType1V1] : [],
        ];
        return [.. all.Select(IReadOnlyList<VfioBackend> (kinds) => [.. Preferences.Where(kinds.Contains)]).Where(static kinds => kinds.Count > 0)];
    }

    private static BackendChoice Parse(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" or "auto" => Automatic,
        "type1" => new BackendChoice([VfioBackend.Type1V2, VfioBackend.Type1V1], IsForced: true),
        "compat" => new BackendChoice([VfioBackend.CompatType1V2, VfioBackend.CompatType1V1], IsForced: true),
        var name when VfioBackendName.TryParse(name, out VfioBackend backend) => new BackendChoice([backend], IsForced: true),
        _ => throw BackendErrors.UnknownName(text),
    };
}
