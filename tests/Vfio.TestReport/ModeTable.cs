namespace Vfio.TestReport;

/// <summary>The table of the runs in the guest: a line for each test, a column for each kernel and mode.</summary>
internal static class ModeTable
{
    private const int CellWidth = 4;
    private const int Indent = 2;
    private const int Gap = 2;
    private const int LongestName = 74;
    private const string Legend = "In each kernel and mode: . passed, s skipped for the reason of that number, F failed, - no result";

    public static IEnumerable<string> Lines(IReadOnlyList<RunResult> runs, Reasons reasons)
    {
        List<TestRow> rows = [.. TestRow.SideBySide(runs)];
        int width = Math.Min(LongestName, rows.Select(static row => row.Text.Length).Append("skipped".Length).Max()) + Indent + Gap;
        return [Legend, string.Empty, .. Heading(runs, width), .. Body(rows, width, reasons), string.Empty, .. Totals(runs, width)];
    }

    // A label stands above its column, and beside those to the left of it.
    private static IEnumerable<string> Heading(IReadOnlyList<RunResult> runs, int width)
        => runs.Select((run, column) => new string(' ', width) + string.Concat(Enumerable.Repeat("|".PadRight(CellWidth), column)) + run.Run.Label);

    private static IEnumerable<string> Body(List<TestRow> rows, int width, Reasons reasons)
        => rows.GroupBy(static row => row.Class, StringComparer.Ordinal)
            .SelectMany(type => type.SelectMany(row => Row(row, width, reasons)).Prepend(type.Key));

    private static IEnumerable<string> Row(TestRow row, int width, Reasons reasons)
    {
        string[] lines = [.. row.Text.Chunk(LongestName).Select(static part => new string(' ', Indent) + new string(part))];
        foreach (string line in lines[..^1])
        {
            yield return line;
        }

        yield return Line(lines[^1], width, row.Cells.Select(cell => Cell(cell, reasons)));
    }

    private static string Cell(TestResult? test, Reasons reasons) => test?.Outcome switch
    {
        Outcome.Passed => ".",
        Outcome.Skipped => $"s{reasons.NumberOf(test.Text)}",
        Outcome.Failed => "F",
        _ => "-",
    };

    private static IEnumerable<string> Totals(IReadOnlyList<RunResult> runs, int width)
    {
        yield return Line("passed", width, runs.Select(static run => $"{run.Passed}"));
        yield return Line("failed", width, runs.Select(static run => $"{run.Failed}"));
        yield return Line("skipped", width, runs.Select(static run => $"{run.Skipped}"));
        yield return Line("seconds", width, runs.Select(static run => $"{run.Run.Seconds}"));
    }

    private static string Line(string name, int width, IEnumerable<string> cells)
        => (name.PadRight(width) + string.Concat(cells.Select(static cell => cell.PadRight(CellWidth)))).TrimEnd();
}
