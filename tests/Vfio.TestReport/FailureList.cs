namespace Vfio.TestReport;

/// <summary>Every failure with what it says.</summary>
internal static class FailureList
{
    // The rest of a longer message is in the result file.
    private const int LongestMessage = 25;

    public static IEnumerable<string> Lines(IReadOnlyList<RunResult> runs)
    {
        var problems = runs
            .SelectMany(static run => run.Problems.Select(problem => (run.Run, What: "the run as a whole", Text: problem)));
        var tests = runs
            .SelectMany(static run => run.Tests
                .Where(static test => test.Outcome == Outcome.Failed)
                .Select(test => (run.Run, What: $"{test.Class}.{test.Method}{test.Arguments}", test.Text)));
        return problems.Concat(tests)
            .GroupBy(static failure => (failure.What, failure.Text))
            .SelectMany(static group => Failure(group.Key.What, RunNames.Join(group.Select(static failure => failure.Run)), group.Key.Text));
    }

    private static IEnumerable<string> Failure(string what, string runs, string text)
    {
        yield return $"  {what}";
        yield return $"      {runs}";
        foreach (string line in text.Split('\n').Take(LongestMessage))
        {
            yield return $"        {line.TrimEnd()}".TrimEnd();
        }
    }
}
