using System.Globalization;

namespace Vfio.Core;

/// <summary>Puts together what the kernel, sysfs and this process know of the functions that a hot reset hits.</summary>
internal sealed class HotResetSurvey(VfioHost host)
{
    private const uint BridgeClasses = 0x06;

    /// <summary>Asks the kernel, and looks at each function.</summary>
    public HotResetInfo Take(IHotResetTransport transport, string name)
        => Members(transport, name) is { } members
            ? new HotResetInfo(
                isPossible: true,
                byGroups: members.Any(static member => member.Group is not null),
                [.. members.OrderBy(static member => member.Address).Select(Look)])
            : new HotResetInfo(isPossible: false, byGroups: false, []);

    /// <summary>The key of a group among those that this process owns.</summary>
    public static string Unit(int group) => group.ToString(CultureInfo.InvariantCulture);

    private IReadOnlyList<HotResetMember>? Members(IHotResetTransport transport, string name)
    {
        try
        {
            return transport.GetHotResetMembers();
        }
        catch (VfioException error) when (error.Kind == VfioErrorKind.ResetSetNotOwned && PciAddress.TryParse(name, out PciAddress address))
        {
            // The kernel does not say which function is in no group, so that nobody can own it.
            HotResetFunction[] strangers = [.. host.Pci.OnBus(address.Domain, address.Bus)
                .Where(other => host.Pci.Group(other) is null)
                .Select(other => Look(new HotResetMember(other, null, null, IsOwned: false)))];
            throw strangers.Length == 0 ? error : ResetErrors.Ungrouped(name, strangers, error.Errno);
        }
    }

    private HotResetFunction Look(HotResetMember member)
    {
        string? driver = host.Pci.Driver(member.Address);
        return new HotResetFunction(
            member.Address,
            member.Group ?? host.Pci.Group(member.Address),
            member.IommufdId,
            driver,
            Ownership(member, driver));
    }

    private HotResetOwnership Ownership(HotResetMember member, string? driver)
    {
        bool isOpen = host.OpenFunctions.Contains(member.Address.ToString());

        // By groups the kernel only wants a VFIO driver and the group's descriptor.
        if (member.IsOwned ?? (HostDrivers.IsVfio(driver) && OwnsGroup(member)))
        {
            return isOpen ? HotResetOwnership.Open : HotResetOwnership.GroupOwned;
        }

        return IsBridge(member.Address) ? HotResetOwnership.Bridge
            : driver is null ? HotResetOwnership.NoDriver
            : !HostDrivers.IsVfio(driver) ? HotResetOwnership.HostDriver
            : isOpen ? HotResetOwnership.OtherOwner
            : HotResetOwnership.NotOwned;
    }

    // A group whose devices were opened by their own nodes has no descriptor that could be shown.
    private bool OwnsGroup(HotResetMember member)
        => member.Group is { } group && host.Groups.Find(Unit(group)) is GroupHandle;

    private bool IsBridge(PciAddress address)
        => host.Pci.Hex(address, "class") is var code && code >> 16 == BridgeClasses && (code >> 8 & 0xff) is 0x04 or 0x07 or 0x09;
}
