using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Has the firmware claimed memory for DMA of the device's own (RMRR, IVMD)?</summary>
internal sealed class ReservedDmaRule : IRule
{
    public void Apply(Inspection report)
    {
        if (report.Group is not { IsNoIommu: false } group)
        {
            return;
        }

        HostFact<IReadOnlyList<ReservedRegion>> regions = group.ReservedRegions;
        // One line that makes no sense does not make the others doubtful.
        string[] direct =
        [
            .. (regions.Text ?? string.Empty).Split('\n', StringSplitOptions.TrimEntries).Where(static line => ReservedRegion.TryParse(line, out ReservedRegion region) && region.IsDirect),
        ];
        if (direct.Length > 0)
        {
            report.Require(Verdict.No);
            report.Add(new Finding(
                FindingCode.FirmwareReservedDma,
                Severity.Blocker,
                Confidence.Stated,
                $"The firmware keeps memory for DMA of its own through group {group}: {string.Join(", ", direct)}",
                "The kernel refuses to give the group away (EINVAL), because that memory has to stay mapped one to one. No option changes that",
                [.. direct.Select(line => new Evidence(regions.Path, line))],
                Texts.Advice("Look for a firmware setting or update that takes the reservation back (remote management, legacy USB, RAID), or use another slot"),
                [report.Device.Address],
                "C15"));
        }
        else if (!regions.IsKnown)
        {
            report.Miss(UnknownFact.Of("whether the firmware keeps memory for DMA through the group", regions, Verdict.No));
        }
    }
}
