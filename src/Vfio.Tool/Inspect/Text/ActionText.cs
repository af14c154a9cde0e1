using System.Globalization;
using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>What to do, in order, with commands to copy.</summary>
internal static class ActionText
{
    private const int Indent = 2;
    private const int TextIndent = 5;
    private const int CommandIndent = 7;
    private const string Bind = "vfio bind";

    public static void Add(TextPage page, AssignabilityReport report)
    {
        page.Heading("What to do");
        if (report.Actions.Count == 0)
        {
            None(page, report);
            return;
        }

        for (int i = 0; i < report.Actions.Count; i++)
        {
            HandoverAction action = report.Actions[i];
            string number = string.Create(CultureInfo.InvariantCulture, $"{i + 1}.").PadLeft(2);
            page.Prose(Indent, TextIndent, number, Words.Sentence(action.Text), Marks(action.Reversible, action.Reboot));
            if (action.Command is { } command)
            {
                page.Line(CommandIndent, new Piece(command, Tone.Command));
            }
        }
    }

    /// <summary>What has to be known before something is done.</summary>
    public static Piece Marks(bool reversible, bool reboot)
        => new((reversible, reboot) switch
        {
            (true, false) => string.Empty,
            (true, true) => "[needs a reboot]",
            (false, false) => "[cannot be undone]",
            (false, true) => "[needs a reboot, cannot be undone]",
        },
        Tone.Caution);

    private static void None(TextPage page, AssignabilityReport report)
    {
        Remedy[] remedies = report.Verdict != Verdict.No ? [] :
        [
            .. report.Findings
                .Where(static finding => finding.Severity == Severity.Blocker)
                .Select(static finding => finding.Remedy)
                .OfType<Remedy>()

                // Giving even more away is no help.
                .Where(static remedy => !remedy.Commands.Any(static command => command.StartsWith(Bind, StringComparison.Ordinal))),
        ];
        page.Prose(Indent, Indent, report.Verdict switch
        {
            Verdict.Yes => "Nothing.",
            Verdict.Unsafe => "Nothing: protection has been given up already.",
            Verdict.Unknown => "Ask again as root, or where what is missing can be read.",
            _ when remedies.Length > 0 => "No step makes it work from here. What can be considered:",
            _ => "No step makes it work from here.",
        });
        foreach (Remedy remedy in remedies)
        {
            RemedyText.Add(page, Indent, remedy);
        }
    }
}
