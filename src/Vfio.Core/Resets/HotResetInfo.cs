namespace Vfio.Core;

/// <summary>What a hot reset of a device would hit, and who is in its way (<c>VFIO_DEVICE_GET_PCI_HOT_RESET_INFO</c>).</summary>
/// <remarks>A snapshot: drivers and owners may change as soon as it is taken. Immutable, and so thread-safe.</remarks>
public sealed class HotResetInfo
{
    internal HotResetInfo(bool isPossible, bool byGroups, IReadOnlyList<HotResetFunction> affected)
    {
        IsPossible = isPossible;
        ByGroups = byGroups;
        Affected = affected;
        InTheWay = [.. affected.Where(static function => !function.IsOwned)];
    }

    /// <summary>
    /// Whether anything can reset the bus or the slot that the device is on. A device on a root bus has no bridge above it that could.
    /// That it is possible does not mean that it works: some bridges do not get their link up again.
    /// </summary>
    public bool IsPossible { get; }

    /// <summary>All functions that the reset hits, the device included, in order of address; none where it is not possible.</summary>
    public IReadOnlyList<HotResetFunction> Affected { get; }

    /// <summary>Those of them that this process does not own. While there is one, the kernel refuses.</summary>
    public IReadOnlyList<HotResetFunction> InTheWay { get; }

    /// <summary>Whether this process may reset now: it is possible, and nobody is in the way.</summary>
    public bool IsAllowed => IsPossible && InTheWay.Count == 0;

    /// <summary>Whether the kernel wants to see the groups of all that is hit, and not that one iommufd owns it.</summary>
    internal bool ByGroups { get; }
}
