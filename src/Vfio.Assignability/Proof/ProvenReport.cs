using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A report held against what the kernel answered.</summary>
internal sealed class ProvenReport(AssignabilityReport report, IReadOnlyList<KernelAnswer> answers)
{
    // Each of them says that the device does not open as things stand; if it does, the report is wrong.
    private static readonly HashSet<string> _preventOpening = new(StringComparer.Ordinal)
    {
        FindingCode.GroupNotViable, FindingCode.GroupBusy, FindingCode.NoIommuGroup, FindingCode.BindRefused, FindingCode.DeviceFdRefused,
        FindingCode.FirmwareReservedDma, FindingCode.ForeignOwner, FindingCode.NoIommuDriver, FindingCode.BridgeNotAssignable,
        FindingCode.DeviceUnreachable,
    };

    private readonly ProvenFindings _findings = new(report);
    private Verdict _verdict = report.Verdict;
    private ResetReport _reset = report.Reset;
    private IReadOnlyList<HandoverAction> _actions = report.Actions;

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
            Reset = _reset,
            Findings = _findings.All,
            Actions = _actions,
            Unknown = [.. report.Unknown, .. missing],
        };
    }

    private static (string Code, Verdict? Verdict) Meaning(VfioErrorKind kind) => kind switch
    {
        VfioErrorKind.GroupNotViable => (FindingCode.GroupNotViable, Verdict.After),
        VfioErrorKind.GroupBusy or VfioErrorKind.DeviceBusy => (FindingCode.GroupBusy, Verdict.No),
        VfioErrorKind.UnsafeInterrupts => (FindingCode.UnsafeInterrupts, Verdict.Unsafe),
        VfioErrorKind.DeviceUnreachable => (FindingCode.DeviceUnreachable, Verdict.No),
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

    // The token's absence stops an open too, though it is no blocker: it only takes asking for one.
    private static bool IsWrong(Finding finding, KernelAnswer opened)
        => (finding.Severity == Severity.Blocker && _preventOpening.Contains(finding.Code))
            || finding.Code == FindingCode.VfTokenRequired
            || (finding.Code == FindingCode.UnsafeInterrupts && !opened.AcceptsUnsafeInterrupts)
            || (finding.Code == FindingCode.NoIsolation && opened.IsIsolated);

    private void Opened(KernelAnswer answer)
    {
        Finding[] wrong = [.. report.Findings.Where(finding => IsWrong(finding, answer))];
        if (wrong.Length > 0)
        {
            _findings.Differ($"The kernel opens the device, though the report had {Texts.Join(wrong.Select(static finding => finding.Code))}", answer.Evidence, wrong);
        }

        if (wrong.Length > 0 || _verdict == Verdict.Unknown)
        {
            Unblock();
        }

        if (!answer.IsIsolated && !_findings.Prove(FindingCode.NoIsolation, answer.Evidence))
        {
            _findings.Differ("The report has an IOMMU for the device, and the kernel opens it without one", answer.Evidence);
            _findings.Add(FindingCode.NoIsolation, Severity.Blocker, "The device can read and write all of the host's memory", null, answer.Evidence);
            _verdict = Verdict.Unsafe;
        }

        _reset = ProvenReset.Check(report, answer, _findings);
    }

    // What is left may forbid it still; if nothing does, it can be handed over as it is.
    private void Unblock()
    {
        Finding[] blocking = [.. _findings.All.Where(static finding => finding.Severity == Severity.Blocker)];
        if (Array.TrueForAll(blocking, static finding => finding.Code is FindingCode.UnsafeInterrupts or FindingCode.NoIsolation))
        {
            _verdict = blocking.Length == 0 ? Verdict.Yes : Verdict.Unsafe;
            _actions = [];
        }
    }

    private void Refused(KernelAnswer answer, bool otherOpened)
    {
        (string code, Verdict? verdict) = Meaning(answer.Error!.Kind);
        if (_findings.Prove(code, answer.Evidence))
        {
            return;
        }

        _findings.Add(
            code,
            verdict is null || otherOpened ? Severity.Warning : Severity.Blocker,
            answer.Error.Message,
            otherOpened ? "Another back end opens the device" : null,
            answer.Evidence,
            Texts.Advice(answer.Error.Remedy));
        if (verdict is { } graver && !otherOpened && _verdict is (Verdict.Yes or Verdict.Unknown or Verdict.Unsafe))
        {
            _findings.Differ($"The report has the verdict {_verdict}, and the kernel does not open the device", answer.Evidence);
            _verdict = graver;
            _actions = graver is Verdict.After or Verdict.Reboot
                ? [.. _actions, new HandoverAction(answer.Error.Remedy, null, [report.Device], Reversible: true, Reboot: graver == Verdict.Reboot)]
                : [];
        }
    }
}
