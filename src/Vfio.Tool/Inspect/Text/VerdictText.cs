using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>The answer, and why it is that, in a few sentences.</summary>
internal static class VerdictText
{
    private const int Indent = 2;

    public static void Add(TextPage page, AssignabilityReport report, Highlights highlights)
    {
        (string word, Tone tone) = Answer(report.Verdict);
        page.Prose(0, Indent, new Piece(word + ":", tone), Meaning(report));
        foreach (Finding reason in highlights.Reasons)
        {
            page.Prose(Indent, Indent, Words.Sentence(reason.Message));
        }

        int more = highlights.Obstacles - highlights.Reasons.Count;
        if (more > 0)
        {
            page.Prose(Indent, Indent, $"{Words.Count(more, "more obstacle")} among the findings below.");
        }
    }

    private static (string Word, Tone Tone) Answer(Verdict verdict) => verdict switch
    {
        Verdict.Yes => ("YES", Tone.Good),
        Verdict.After => ("AFTER", Tone.Caution),
        Verdict.Reboot => ("REBOOT", Tone.Caution),
        Verdict.Unsafe => ("UNSAFE", Tone.Bad),
        Verdict.No => ("NO", Tone.Bad),
        _ => ("UNKNOWN", Tone.Caution),
    };

    private static string Steps(AssignabilityReport report) => report.Actions.Count == 1 ? "the step below is" : "the steps below are";

    private static string Meaning(AssignabilityReport report) => report.Verdict switch
    {
        Verdict.Yes => "it can be given away now.",
        Verdict.After => $"it can be given away once {Steps(report)} done. No reboot is needed.",
        Verdict.Reboot => $"it can be given away once {Steps(report)} done. One needs a reboot.",
        Verdict.Unsafe => "it can be given away, but only with protection from it given up.",
        Verdict.No => "it cannot be given away.",
        _ => $"too little could be read to tell. {Words.Count(report.Unknown.Count(static fact => fact.Turns is not null), "fact")} missing, listed below.",
    };
}
