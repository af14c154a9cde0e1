namespace Vfio.TestReport;

/// <summary>All that is said of some runs, with the sum in the last line.</summary>
internal static class Report
{
    /// <summary>The lines to print.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<RunResult> runs)
    {
        var reasons = new Reasons();
        List<RunResult> guest = [.. runs.Where(static run => run.Run.InGuest)];
        List<RunResult> host = [.. runs.Where(static run => !run.Run.InGuest)];
        return
        [
            .. Section(null, guest.Count > 0 ? ModeTable.Lines(guest, reasons) : []),
            .. Section("On the host", host.Select(HostLine)),
            // After the table, which numbers the reasons.
            .. Section("Skipped", SkipList.Lines(runs, reasons)),
            .. Section("Failed", FailureList.Lines(runs)),
            Sum(runs),
        ];
    }

    public static bool IsGood(IReadOnlyList<RunResult> runs) => runs.All(static run => run.Failed == 0);

    private static List<string> Section(string? title, IEnumerable<string> content)
    {
        List<string> lines = [.. content];
        if (lines.Count > 0)
        {
            lines.Add(string.Empty);
            if (title is not null)
            {
                lines.Insert(0, title);
            }
        }

        return lines;
    }

    private static string HostLine(RunResult run) => $"  {run.Run.Label,-24} {Sum([run])}, {run.Run.Seconds} s";

    // Others read this form: CONTRIBUTING.md and what runs the tests.
    private static string Sum(IReadOnlyCollection<RunResult> runs)
        => $"{runs.Sum(static run => run.Passed)} passed, {runs.Sum(static run => run.Failed)} failed, {runs.Sum(static run => run.Skipped)} skipped";
}
