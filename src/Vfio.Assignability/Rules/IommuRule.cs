using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Does an IOMMU stand between the device and the host's memory?</summary>
internal sealed class IommuRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        if (device.GroupLink.IsUnknown)
        {
            report.Miss(UnknownFact.Of("the IOMMU group", device.GroupLink, Verdict.No));
        }
        else if (report.Group is null)
        {
            NoGroup(report, device);
        }
        else if (report.Group.IsNoIommu)
        {
            NoIsolation(report, device, report.Group);
        }
    }

    private static void NoGroup(Inspection report, PciFunction device)
    {
        var why = IommuAbsence.Explain(report);
        report.Require(why.Verdict);
        if (why is { Verdict: Verdict.Reboot, Remedy: { } remedy })
        {
            report.Require(StepPhase.Reboot, new HandoverAction(remedy, null, [], Reversible: true, Reboot: true));
        }

        report.Add(new Finding(
            FindingCode.NoIommuGroup,
            Severity.Blocker,
            why.Confidence,
            $"{device} is in no IOMMU group. {why.Cause}",
            "VFIO's drivers refuse a device that no IOMMU translates for (EINVAL from the probe)",
            [Evidence.Of(device.GroupLink), .. why.Evidence],
            why.Remedy is { } text ? Texts.FixByReboot(text) : null,
            [device.Address],
            "C15"));
    }

    private static void NoIsolation(Inspection report, PciFunction device, IommuGroup group)
    {
        var why = IommuAbsence.Explain(report);
        report.Require(Verdict.Unsafe);
        report.Add(new Finding(
            FindingCode.NoIsolation,
            Severity.Blocker,
            Confidence.Stated,
            $"Group {group} stands for no IOMMU at all: VFIO made it in its no-IOMMU mode. {why.Cause}",
            "The device can read and write all of the host's memory, and its user with it. There is no mapping: addresses for its DMA are physical ones. The kernel is tainted",
            [group.Name.IsKnown ? Evidence.Of(group.Name) : new Evidence($"/dev/vfio/noiommu-{group}", "present"), .. why.Evidence],
            why is { Verdict: Verdict.Reboot, Remedy: { } text } ? Texts.FixByReboot(text) : null,
            [device.Address],
            "C15"));
    }
}
