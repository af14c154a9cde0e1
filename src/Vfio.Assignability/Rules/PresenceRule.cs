using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Can the device go away, and can the caller open it?</summary>
internal sealed class PresenceRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        if (device.Attribute("removable") is { Value: "removable" } removable)
        {
            report.Add(new Finding(
                FindingCode.RemovableDevice,
                Severity.Info,
                Confidence.Stated,
                $"{device} can be unplugged (it is behind an external port)",
                "Its user must be ready for it to vanish. The kernel always translates its DMA, and lets it cache no translations (ATS)",
                [Evidence.Of(removable)],
                null,
                [device.Address],
                "C1"));
        }

        // Who may open a node of another host, nobody knows.
        if (report.Tree.IsLocal && device.IsOnVfio && report.Caller.UserId is > 0 && Node(report) is { } node)
        {
            Denied(report, device, node);
        }
    }

    private static string? Node(Inspection report)
    {
        string[] nodes =
        [
            .. report.Group is { } group ? [$"/dev/vfio/{(group.IsNoIommu ? "noiommu-" : string.Empty)}{group}"] : Array.Empty<string>(),
            .. report.Device.VfioDevice is { } name ? [$"/dev/vfio/devices/{name}"] : Array.Empty<string>(),
        ];
        return nodes.FirstOrDefault(report.Tree.Exists);
    }

    private static void Denied(Inspection report, PciFunction device, string node)
    {
        try
        {
            const UnixFileMode Everybody = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            UnixFileMode mode = File.GetUnixFileMode(node);
            if ((mode & Everybody) == Everybody)
            {
                return;
            }

            report.Add(new Finding(
                FindingCode.NodeDenied,
                Severity.Warning,
                Confidence.Heuristic,
                $"{node} is not for everybody, and the caller is not root",
                "Opening it fails with EACCES, unless the caller owns the node or is of its group",
                [new Evidence(node, mode.ToString())],
                Texts.Fix("Give the node to the caller", $"chown $USER {node}"),
                [device.Address],
                null));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            report.Miss(new UnknownFact("who may open the device's node", node, error.Message));
        }
    }
}
