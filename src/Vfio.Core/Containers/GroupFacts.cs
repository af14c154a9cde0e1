namespace Vfio.Core;

/// <summary>What sysfs knows of a group, for telling apart what the kernel calls by one errno.</summary>
internal sealed class GroupFacts(SysfsPci pci, int id)
{
    private const uint BridgeClass = 0x0604;

    /// <summary>The number of the group.</summary>
    public int Id => id;

    /// <summary>
    /// Whether the firmware keeps DMA of its own to the group, which the kernel then refuses to give away.
    /// </summary>
    public bool HasFirmwareReservedDma => pci.ReservedRegions(id).Any(static line => line.EndsWith(" direct", StringComparison.Ordinal));

    /// <summary>
    /// The members whose drivers keep the group from being viable. A bridge counts only where nothing else does: older
    /// kernels let every bridge pass.
    /// </summary>
    public IReadOnlyList<GroupBlocker> Blockers()
    {
        var all = new List<GroupBlocker>();
        foreach (PciAddress member in pci.Members(id))
        {
            if (pci.Driver(member) is { } driver && HostDrivers.Blocks(driver))
            {
                all.Add(new GroupBlocker(member, driver, pci.Hex(member, "class") >> 8 == BridgeClass));
            }
        }

        return all.Exists(static blocker => !blocker.IsBridge) ? all.FindAll(static blocker => !blocker.IsBridge) : all;
    }
}
