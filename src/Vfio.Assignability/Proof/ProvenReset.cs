using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a report says of a device's reset, held against what the kernel did when it opened the device.</summary>
internal static class ProvenReset
{
    private const string Bus = "bus";
    private const string CxlBus = "cxl_bus";

    /// <summary>Notes what agrees and what differs, and gives what is true of the reset.</summary>
    public static ResetReport Check(AssignabilityReport report, KernelAnswer answer, ProvenFindings findings)
    {
        ResetReport reset = report.Reset;
        bool expected = reset.Class is ResetClass.R0 or ResetClass.R1;
        if (expected && !answer.CanReset)
        {
            return Failed(reset, answer, findings);
        }

        if (!expected && answer.CanReset)
        {
            return Worked(report, answer, findings);
        }

        _ = findings.Prove(FindingCode.NoResetMechanism, answer.Evidence);
        if (reset.Class is ResetClass.R2 or ResetClass.R3 && answer.HotReset is { } info)
        {
            CheckSet(reset, answer, info, findings);
        }

        return reset;
    }

    private static ResetReport Failed(ResetReport reset, KernelAnswer answer, ProvenFindings findings)
    {
        findings.Differ($"The report has a reset by {reset.Effective} ({reset.Class}), and the kernel's reset at open did not work", answer.Evidence);
        findings.Add(
            FindingCode.NoResetMechanism,
            Severity.Warning,
            $"The kernel tried to reset the device by {reset.Effective}, which did not work",
            "What one user leaves in the device, the next one finds",
            answer.Evidence,
            Texts.Advice("The kernel log may name the reason; reset_method lets another method be tried first"));
        return reset with { Class = ResetClass.R4, Effective = null, Affected = [], Blockers = [] };
    }

    private static ResetReport Worked(AssignabilityReport report, KernelAnswer answer, ProvenFindings findings)
    {
        ResetReport reset = report.Reset;
        findings.Differ(
            $"The report has no reset of the device alone ({reset.Class}), and the kernel's reset at open worked",
            answer.Evidence,
            [.. report.Findings.Where(static finding => finding.Code is FindingCode.NoResetMechanism or FindingCode.ResetSetNotOwned or FindingCode.ResetMethodStale)]);

        // By what it worked, the kernel does not say; it tries what it lists, in that order.
        return reset.Methods.Count == 0 ? reset
            : reset with
            {
                Class = reset.Methods[0] is Bus or CxlBus ? ResetClass.R1 : ResetClass.R0,
                Effective = reset.Methods[0],
                Affected = [report.Device],
                Blockers = [],
            };
    }

    private static void CheckSet(ResetReport reset, KernelAnswer answer, HotResetInfo info, ProvenFindings findings)
    {
        PciAddress[] affected = [.. info.Affected.Select(static member => member.Address).Order()];
        var evidence = new Evidence(
            $"VFIO_DEVICE_GET_PCI_HOT_RESET_INFO ({VfioBackendName.Of(answer.Backend)})", affected.Length == 0 ? "none" : string.Join(' ', affected));
        if (affected.SequenceEqual(reset.Affected))
        {
            _ = findings.Prove(FindingCode.ResetSetNotOwned, evidence);
        }
        else
        {
            findings.Differ("The kernel names other functions that a reset of the bus would hit", evidence);
        }
    }
}
