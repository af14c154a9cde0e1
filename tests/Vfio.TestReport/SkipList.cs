namespace Vfio.TestReport;

/// <summary>Every skipped test under its reason.</summary>
internal static class SkipList
{
    private const string RunIndent = "      ";
    private const string TestIndent = "        ";

    public static IEnumerable<string> Lines(IReadOnlyList<RunResult> runs, Reasons reasons)
    {
        ILookup<string, (TestRun Run, TestResult Test)> skipped = runs
            .SelectMany(static run => run.Tests.Select(test => (run.Run, Test: test)))
            .Where(static entry => entry.Test.Outcome == Outcome.Skipped)
            .ToLookup(static entry => entry.Test.Text, StringComparer.Ordinal);
        foreach (string reason in skipped.Select(static group => group.Key))
        {
            _ = reasons.NumberOf(reason);
        }

        return reasons.All.SelectMany((reason, index) => OfReason(index + 1, reason, skipped[reason]));
    }

    private static IEnumerable<string> OfReason(int number, string reason, IEnumerable<(TestRun Run, TestResult Test)> skipped)
    {
        string[] lines = [.. Page.Wrap(reason, Page.Width - RunIndent.Length)];
        yield return $"  s{number}".PadRight(RunIndent.Length) + lines[0];
        foreach (string line in lines.Skip(1))
        {
            yield return RunIndent + line;
        }

        // Tests that the reason keeps out of the same runs are told together.
        var tests = skipped
            .GroupBy(static entry => (entry.Test.Class, entry.Test.Method))
            .OrderBy(static test => test.Key.Class, StringComparer.Ordinal)
            .ThenBy(static test => test.Key.Method, StringComparer.Ordinal)
            .Select(static test => (
                test.Key.Class,
                Name: Named(test.Key.Method, [.. test.Select(static entry => entry.Test).DistinctBy(static row => row.Name, StringComparer.Ordinal)]),
                Runs: RunNames.Join(test.Select(static entry => entry.Run))))
            .GroupBy(static test => test.Runs, StringComparer.Ordinal);
        foreach (var group in tests)
        {
            yield return $"{RunIndent}{group.Key}";
            foreach (var type in group.GroupBy(static test => test.Class, StringComparer.Ordinal))
            {
                string names = string.Join(", ", type.Select(static test => test.Name));
                foreach (string line in Page.Wrap($"{type.Key}: {names}", Page.Width - TestIndent.Length))
                {
                    yield return TestIndent + line;
                }
            }
        }
    }

    private static string Named(string method, List<TestResult> rows) => rows.Count > 1 ? $"{method} (×{rows.Count})" : method + rows[0].Arguments;
}
