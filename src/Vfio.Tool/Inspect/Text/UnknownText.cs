using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>What could not be read.</summary>
internal static class UnknownText
{
    private const int Indent = 2;
    private const int MaxFacts = 6;

    public static void Add(TextPage page, AssignabilityReport report)
    {
        if (report.Unknown.Count == 0)
        {
            return;
        }

        page.Heading("Unknown");
        foreach (UnknownFact unknown in report.Unknown.OrderByDescending(static fact => fact.Turns is not null).Take(MaxFacts))
        {
            page.Prose(
                Indent,
                Indent + 2,
                $"{unknown.Fact}:",
                new Piece($"{unknown.Path}: {unknown.Problem}", Tone.Faint),
                unknown.Turns is { } verdict ? $"(the answer could be {Words.Verdict(verdict)})" : string.Empty);
        }

        if (report.Unknown.Count > MaxFacts)
        {
            page.Line(Indent, new Piece($"and {report.Unknown.Count - MaxFacts} more", Tone.Faint));
        }
    }
}
