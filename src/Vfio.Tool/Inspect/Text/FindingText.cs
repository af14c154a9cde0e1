using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>The findings with what they rest on.</summary>
internal static class FindingText
{
    private const int Indent = 2;
    private const int TextIndent = 4;
    private const int MaxEvidence = 3;

    public static void Add(TextPage page, AssignabilityReport report, Highlights highlights)
    {
        if (report.Findings.Count == 0)
        {
            return;
        }

        page.Heading("Findings");
        foreach (Finding finding in report.Findings)
        {
            (string severity, Tone tone) = Severe(finding.Severity);
            page.Line(Indent, new Piece(finding.Code, Tone.Heading), "  ", new Piece(severity, tone), new Piece($", {Sure(finding.Confidence)}", Tone.Faint));
            page.Prose(TextIndent, TextIndent, Statement(finding, highlights.Have(finding)));
            // What the kernel answered to a call is worth more than files, and comes behind them.
            foreach (Evidence evidence in finding.Evidence.OrderBy(static evidence => evidence.Path.StartsWith('/')).Take(MaxEvidence))
            {
                page.Cut(TextIndent, $"{OneLine.Of(evidence.Path)}: ", evidence.Text ?? "not there", Tone.Faint);
            }

            if (finding.Evidence.Count > MaxEvidence)
            {
                page.Line(TextIndent, new Piece($"and {Words.Count(finding.Evidence.Count - MaxEvidence, "more file")}", Tone.Faint));
            }

            if (finding.Remedy is { } remedy && !IsAbove(remedy, finding, report))
            {
                RemedyText.Add(page, TextIndent, remedy);
            }
        }
    }

    // What follows from something that is only worth knowing is left to its page.
    private static string Statement(Finding finding, bool isAbove)
        => isAbove && finding.Consequence is { } consequence ? Words.Sentence(consequence)
            : Words.Sentences(finding.Message, finding.Severity == Severity.Info ? null : finding.Consequence);

    // What to do has it already.
    private static bool IsAbove(Remedy remedy, Finding finding, AssignabilityReport report)
        => report.Verdict == Verdict.No
            ? finding.Severity == Severity.Blocker
            : report.Actions.Any(action => action.Text == remedy.Text)
                || (remedy.Commands.Count > 0 && remedy.Commands.All(command => report.Actions.Any(action => Does(action, command))));

    // One command may bind more devices than the finding is about.
    private static bool Does(HandoverAction action, string command)
        => action.Command is { } whole && command.Split(' ').All(whole.Split(' ').Contains);

    private static (string Text, Tone Tone) Severe(Severity severity) => severity switch
    {
        Severity.Blocker => ("blocker", Tone.Bad),
        Severity.Warning => ("warning", Tone.Caution),
        _ => ("info", Tone.Plain),
    };

    private static string Sure(Confidence confidence) => confidence switch
    {
        Confidence.Proven => "proven",
        Confidence.Stated => "stated",
        Confidence.Derived => "derived",
        _ => "heuristic",
    };
}
