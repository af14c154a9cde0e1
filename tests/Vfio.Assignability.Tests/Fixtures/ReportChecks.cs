using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <summary>What a scenario expects of a report. Each failure shows the report in short.</summary>
internal static class ReportChecks
{
    /// <summary>The verdict, and all that holds for any report.</summary>
    public static AssignabilityReport Is(this AssignabilityReport report, Verdict verdict)
    {
        report.Check(report.Verdict == verdict, $"the verdict should be {verdict}");
        return report.Holds();
    }

    public static AssignabilityReport Resets(this AssignabilityReport report, ResetClass cls, string? effective)
    {
        report.Check(report.Reset.Class == cls, $"the reset class should be {cls}");
        return report.Check(report.Reset.Effective == effective, $"the effective reset should be {effective ?? "none"}");
    }

    /// <summary>Exactly these functions are hit by the reset.</summary>
    public static AssignabilityReport Hits(this AssignabilityReport report, params string[] devices)
        => report.Check(Same(report.Reset.Affected, devices), $"the reset should hit {Join(devices)}");

    /// <summary>Exactly these functions prevent the reset.</summary>
    public static AssignabilityReport IsBlockedBy(this AssignabilityReport report, params string[] devices)
        => report.Check(Same(report.Reset.Blockers, devices), $"the reset should be blocked by {Join(devices)}");

    /// <summary>There are findings of this code, which name these functions at least.</summary>
    public static AssignabilityReport Finds(this AssignabilityReport report, string code, params string[] devices)
    {
        Finding[] findings = [.. report.Findings.Where(finding => finding.Code == code)];
        report.Check(findings.Length > 0, $"{code} should be found");
        return report.Check(
            devices.All(device => findings.Any(finding => finding.Devices.Any(one => one.ToString() == device))),
            $"{code} should name {Join(devices)}");
    }

    public static AssignabilityReport Finds(this AssignabilityReport report, string code, Severity severity, params string[] devices)
        => report.Finds(code, devices).Check(report.Findings.Any(finding => finding.Code == code && finding.Severity == severity), $"{code} should be of severity {severity}");

    /// <summary>The finding is about exactly these functions.</summary>
    public static AssignabilityReport FindsOnly(this AssignabilityReport report, string code, params string[] devices)
        => report.Finds(code, devices).Check(
            report.Findings.Where(finding => finding.Code == code).All(finding => finding.Devices.All(one => devices.Contains(one.ToString()))),
            $"{code} should name no other than {Join(devices)}");

    public static AssignabilityReport FindsNot(this AssignabilityReport report, params string[] codes)
    {
        foreach (string code in codes)
        {
            report.Check(report.Findings.All(finding => finding.Code != code), $"{code} should not be found");
        }

        return report;
    }

    /// <summary>A finding's message, consequence, remedy or evidence has all of these words.</summary>
    public static AssignabilityReport Says(this AssignabilityReport report, string code, params string[] words)
    {
        string text = string.Join('\n', report.Findings.Where(finding => finding.Code == code).Select(Text));
        foreach (string word in words)
        {
            report.Check(text.Contains(word, StringComparison.OrdinalIgnoreCase), $"{code} should say '{word}', but says: {text}");
        }

        return report;
    }

    /// <summary>The actions are done to exactly these functions.</summary>
    public static AssignabilityReport ActsOn(this AssignabilityReport report, params string[] devices)
        => report.Check(Same(report.Actions.SelectMany(static action => action.Devices).Distinct(), devices), $"the actions should be done to {Join(devices)}");

    /// <summary>Some action's text or command has this in it.</summary>
    public static AssignabilityReport Does(this AssignabilityReport report, params string[] words)
    {
        foreach (string word in words)
        {
            report.Check(
                report.Actions.Any(action => $"{action.Text}\n{action.Command}".Contains(word, StringComparison.OrdinalIgnoreCase)),
                $"an action should say '{word}'");
        }

        return report;
    }

    public static AssignabilityReport DoesNothing(this AssignabilityReport report) => report.Check(report.Actions.Count == 0, "there should be no action");

    /// <summary>A member of the group is as described.</summary>
    public static AssignabilityReport HasMember(this AssignabilityReport report, string device, string? driver, MemberRole role, bool blocks)
        => report.Check(report.Group?.Members.Contains(new GroupMember(PciAddress.Parse(device), driver, role, blocks)) == true, $"{device} should be {driver ?? "unbound"}, {role}, {(blocks ? "blocking" : "not blocking")}");

    /// <summary>Some fact that is not known lies at a path with this in it.</summary>
    public static AssignabilityReport KnowsNot(this AssignabilityReport report, string path)
        => report.Check(report.Unknown.Any(fact => fact.Path.Contains(path, StringComparison.Ordinal)), $"{path} should be unknown");

    /// <summary>What holds for every report, whatever the host.</summary>
    public static AssignabilityReport Holds(this AssignabilityReport report)
    {
        ResetReport reset = report.Reset;
        report.Check(report.Verdict is not (Verdict.Yes or Verdict.No) || report.Actions.Count == 0, "nothing is to be done");
        report.Check(report.Verdict != Verdict.After || report.Actions is { Count: > 0 }, "something is to be done");
        report.Check(report.Verdict is Verdict.Reboot == report.Actions.Any(static action => action.Reboot) || report.Verdict is Verdict.Unknown, "a reboot is to be done");
        report.Check(report.Verdict is not (Verdict.No or Verdict.Reboot or Verdict.Unsafe) || report.Findings.Any(static finding => finding.Severity == Severity.Blocker), "a finding says why not");
        report.Check(report.Verdict != Verdict.Unknown || report.Unknown.Count > 0, "what is missing is named");
        report.Check(report.Group is null || report.Group.Members.Any(member => member.Device == report.Device), "the device is in its group");
        report.Check(reset.Effective is null == reset.Class is ResetClass.R3 or ResetClass.R4, "what cannot be reset has no effective method");
        report.Check(reset.Class is ResetClass.R2 == (reset.Effective == "hot"), "R2 is the hot reset");
        report.Check(reset.Affected.Contains(report.Device), "the reset hits the device");
        report.Check(reset.Class is ResetClass.R3 == reset.Blockers.Any(), "something is in the way in R3 alone");
        report.Check(reset.Blockers.All(reset.Affected.Contains), "what is in the way is affected");
        report.Check(report.Findings.All(finding => finding.Code != FindingCode.GroupNotViable || !finding.Devices.Contains(report.Device)), "GroupNotViable is about others");
        report.Check(report.Findings.All(static finding => finding.Message.Length > 0 && finding.Confidence != Confidence.Proven), "nothing is proven, and everything has a message");
        report.Check(report.Findings.SelectMany(static finding => finding.Evidence).All(static evidence => evidence.Path.StartsWith('/')), "evidence has a path of the host's");
        report.Check(report.Unknown.All(static fact => fact.Path.StartsWith('/') && fact.Fact.Length > 0), "what is not known has a path of the host's");
        return report;
    }

    /// <summary>Fails with the report in short unless something holds.</summary>
    public static AssignabilityReport Check(this AssignabilityReport report, bool holds, string expected)
    {
        Assert.True(holds, holds ? null : $"{expected}\n{Describe(report)}");
        return report;
    }

    private static string Describe(AssignabilityReport report) => string.Create(CultureInfo.InvariantCulture, $"""
        {report.Device}: {report.Verdict}; reset {report.Reset.Class}, [{string.Join(' ', report.Reset.Methods)}], effective {report.Reset.Effective ?? "none"}, hits {string.Join(' ', report.Reset.Affected)}, blocked by {string.Join(' ', report.Reset.Blockers)}
        group {report.Group?.Id ?? "none"}: {string.Join(", ", report.Group?.Members ?? [])}
        {string.Join('\n', report.Findings.Select(static finding => $"  {finding.Code} {finding.Severity} [{string.Join(' ', finding.Devices)}] {finding.Message}"))}
        {string.Join('\n', report.Actions.Select(static action => $"  do [{string.Join(' ', action.Devices)}] {action.Text}: {action.Command}{(action.Reboot ? ", reboot" : "")}{(action.Reversible ? "" : ", for good")}"))}
        {string.Join('\n', report.Unknown.Select(static fact => $"  unknown {fact.Fact}: {fact.Path} {fact.Problem}"))}
        """);

    private static string Text(Finding finding) => string.Join('\n', [
        finding.Message,
        finding.Consequence,
        finding.Remedy?.Text,
        .. finding.Remedy?.Commands ?? [],
        .. finding.Evidence.Select(static evidence => $"{evidence.Path} {evidence.Text}")]);

    private static bool Same(IEnumerable<PciAddress> found, string[] expected)
        => found.Select(static one => one.ToString()).Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static string Join(string[] devices) => devices.Length == 0 ? "none" : string.Join(' ', devices);
}
