using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A report held against what the kernel answered.</summary>
internal sealed class ProvenReport(AssignabilityReport report, IReadOnlyList<KernelAnswer> answers)
{
    // Each of them says that the device does not open; if it does, the report is wrong.
    private static readonly HashSet<string> _preventOpening = new(StringComparer.Ordinal)
    {
        FindingCode.GroupNotViable, FindingCode.GroupBusy, FindingCode.NoIommuGroup, FindingCode.BindRefused, FindingCode.DeviceFdRefused,
        FindingCode.FirmwareReservedDma, FindingCode.ForeignOwner, FindingCode.NoIommuDriver, FindingCode.BridgeNotAssignable,
    };

    private readonly List<Finding> _findings = [.. report.Findings];
    private Verdict _verdict = report.Verdict;

    public AssignabilityReport Build()
    {
        KernelAnswer? opened = answers.FirstOrDefault(static answer => answer.Opened);
        if (opened is not null)
        {
            Opened(opened);
        }

        foreach (KernelAnswer answer in answers.Where(static answer => !answer.Opened))
        {
            Refused(answer, opened is not null);
        }

        IReadOnlyList<UnknownFact> missing = answers.Count == 0
            ? [new UnknownFact("what the kernel says when the device is opened", "/dev/vfio", "there is no node to open it by")]
            : [];
        return report with
        {
            Verdict = _verdict,
            Findings = [.. _findings.OrderByDescending(static finding => finding.Severity)],
            Unknown = [.. report.Unknown, .. missing],
        };
    }

    private static (string Code, Verdict? Verdict) Meaning(VfioErrorKind kind) => kind switch
    {
        VfioErrorKind.GroupNotViable => (FindingCode.GroupNotViable, Verdict.After),
        VfioErrorKind.GroupBusy => (FindingCode.GroupBusy, Verdict.No),
        VfioErrorKind.UnsafeInterrupts => (FindingCode.UnsafeInterrupts, Verdict.Unsafe),
        VfioErrorKind.FirmwareReservedDma => (FindingCode.FirmwareReservedDma, Verdict.No),
        VfioErrorKind.NoIommu => (FindingCode.NoIommuGroup, Verdict.Reboot),
        VfioErrorKind.NoIsolation => (FindingCode.NoIsolation, Verdict.Unsafe),
        VfioErrorKind.NoVfio or VfioErrorKind.NodeMissing or VfioErrorKind.NoIommuModel => (FindingCode.NoIommuDriver, Verdict.After),

        // These say who asks, not what would be if the right one asked.
        VfioErrorKind.TokenRequired => (FindingCode.VfTokenRequired, null),
        VfioErrorKind.PermissionDenied => (FindingCode.NodeDenied, null),
        VfioErrorKind.MemoryLockLimit => (FindingCode.MemlockExceeded, null),
        _ => (FindingCode.DeviceFdRefused, Verdict.No),
    };

    private void Opened(KernelAnswer answer)
    {
        Finding[] wrong = [.. _findings.Where(static finding => finding.Severity == Severity.Blocker && _preventOpening.Contains(finding.Code))];
        if (wrong.Length > 0)
        {
            Differs($"The device opens, though the report has {Texts.Join(wrong.Select(static finding => finding.Code))}", answer.Evidence);
        }

        bool stillBlocked = _findings.Any(finding => finding.Severity == Severity.Blocker && !wrong.Contains(finding));
        if (wrong.Length > 0 || _verdict == Verdict.Unknown)
        {
            _verdict = !stillBlocked ? Verdict.Yes
                : _findings.Any(static finding => finding.Code is FindingCode.UnsafeInterrupts or FindingCode.NoIsolation) ? Verdict.Unsafe
                : _verdict;
        }

        Reset(answer);
    }

    private void Reset(KernelAnswer answer)
    {
        bool expected = report.Reset.Class is ResetClass.R0 or ResetClass.R1;
        if (expected != answer.CanReset)
        {
            Differs(
                expected
                    ? $"The report has a reset by {report.Reset.Effective} ({report.Reset.Class}), and the kernel's reset at open did not work"
                    : $"The report has no reset of the device alone ({report.Reset.Class}), and the kernel's reset at open worked",
                answer.Evidence);
        }
        else
        {
            Prove(FindingCode.NoResetMechanism, answer.Evidence);
        }

        if (answer.HotReset is { } info)
        {
            HotReset(answer, info);
        }
    }

    private void HotReset(KernelAnswer answer, HotResetInfo info)
    {
        if (report.Reset.Class is not (ResetClass.R2 or ResetClass.R3))
        {
            return;
        }

        PciAddress[] affected = [.. info.Affected.Select(static member => member.Address).Order()];
        var evidence = new Evidence(
            $"VFIO_DEVICE_GET_PCI_HOT_RESET_INFO ({VfioBackendName.Of(answer.Backend)})", affected.Length == 0 ? "none" : string.Join(' ', affected));
        if (affected.SequenceEqual(report.Reset.Affected))
        {
            Prove(FindingCode.ResetSetNotOwned, evidence);
        }
        else
        {
            Differs("The kernel names other functions that a reset of the bus would hit", evidence);
        }
    }

    private void Refused(KernelAnswer answer, bool otherOpened)
    {
        (string code, Verdict? verdict) = Meaning(answer.Error!.Kind);
        if (Prove(code, answer.Evidence))
        {
            return;
        }

        Severity severity = verdict is null || otherOpened ? Severity.Warning : Severity.Blocker;
        _findings.Add(new Finding(
            code,
            severity,
            Confidence.Proven,
            answer.Error.Message,
            otherOpened ? "Another back end opens the device" : null,
            [answer.Evidence],
            Texts.Advice(answer.Error.Remedy),
            [report.Device],
            null));
        if (verdict is { } graver && !otherOpened && _verdict is (Verdict.Yes or Verdict.Unknown or Verdict.Unsafe))
        {
            Differs($"The report has the verdict '{_verdict}', and the kernel does not open the device", answer.Evidence);
            _verdict = graver;
        }
    }

    private bool Prove(string code, Evidence evidence)
    {
        int index = _findings.FindIndex(finding => finding.Code == code);
        if (index < 0)
        {
            return false;
        }

        Finding finding = _findings[index];
        _findings[index] = finding with { Confidence = Confidence.Proven, Evidence = [.. finding.Evidence, evidence] };
        return true;
    }

    private void Differs(string message, Evidence evidence) => _findings.Add(new Finding(
        FindingCode.ProofDiffers,
        Severity.Warning,
        Confidence.Proven,
        message,
        "The kernel is right. A report that the kernel contradicts is a defect of the report, or the host changed meanwhile",
        [evidence],
        null,
        [report.Device],
        null));
}
