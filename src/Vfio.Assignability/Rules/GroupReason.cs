using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Why a device shares its group, as far as its host shows it.</summary>
/// <remarks>
/// The kernel's groups are authoritative, and quirks of ports decide with them; this only names the first hop that lacks Access Control
/// Services, as pci_device_group() walks: the bridge that takes DMA for its own, the port that sends it back down, the functions beside.
/// </remarks>
internal static class GroupReason
{
    // PCI_ACS_SV, _RR, _CR, _UF: source validation, request and completion redirect, upstream forwarding.
    private const PciAccessControl Isolating =
        PciAccessControl.SourceValidation | PciAccessControl.RequestRedirect | PciAccessControl.CompletionRedirect | PciAccessControl.UpstreamForwarding;

    /// <summary>The reason, as part of a sentence, or null where none is seen.</summary>
    public static string? Of(PciFunction device)
    {
        if (device.Group is not { Members: { Count: > 1 } members })
        {
            return null;
        }

        PciFunction[] ports = [.. members.Where(static member => member.IsBridge)];
        if (ports.FirstOrDefault(port => port.Contains(device) && IsBridgeToConventional(port)) is { } bridge)
        {
            return $"all DMA from behind {bridge}, a bridge to conventional PCI, looks like its own";
        }

        PciFunction[] lacking = [.. ports.Where(static port => IsDownstream(port) && LacksAccessControl(port))];
        if (lacking.Length > 0)
        {
            return $"{Texts.Join(lacking)} {(lacking.Length == 1 ? "lacks" : "lack")} ACS in force, so that what is behind can reach what is beside";
        }

        PciFunction[] beside = [.. members.Where(other => other != device && IsSameDevice(device, other))];
        return beside.Length > 0
            ? $"{Texts.Join(beside)} {(beside.Length == 1 ? "is a function" : "are functions")} of the same device, without ACS between them"
            : null;
    }

    private static bool IsSameDevice(PciFunction left, PciFunction right)
        => (left.Address.Domain, left.Address.Bus, left.Address.Device) == (right.Address.Domain, right.Address.Bus, right.Address.Device);

    private static bool IsBridgeToConventional(PciFunction port) => port.ConfigImage is { } image
        && image.Find(out PciExpress express) switch
        {
            PciPresence.Present => express.Type == PciExpressType.PciBridge,
            PciPresence.Absent => true,
            _ => false,
        };

    private static bool IsDownstream(PciFunction port)
        => port.ConfigImage is { } image && image.TryGet(out PciExpress express) && express.Type is (PciExpressType.RootPort or PciExpressType.DownstreamPort);

    private static bool LacksAccessControl(PciFunction port) => port.ConfigImage is { } image
        && image.Find(out PciAccessControlServices services) switch
        {
            PciPresence.Present => (services.Enabled & Isolating) != Isolating,
            PciPresence.Absent => true,
            _ => false,
        };
}
