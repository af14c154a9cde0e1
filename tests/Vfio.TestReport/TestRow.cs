namespace Vfio.TestReport;

/// <summary>A line of the table.</summary>
/// <param name="Class">The test's class.</param>
/// <param name="Text">The test, or the row of a theory, or a theory with the number of its rows.</param>
/// <param name="Cells">The result in each run, none where it is absent.</param>
internal sealed record TestRow(string Class, string Text, IReadOnlyList<TestResult?> Cells)
{
    /// <summary>Puts the tests of some runs side by side, in the order of their names.</summary>
    public static IEnumerable<TestRow> SideBySide(IReadOnlyList<RunResult> runs)
        => runs.SelectMany(static run => run.Tests)
            .Select(static test => (test.Class, test.Method))
            .Distinct()
            .OrderBy(static test => test.Class, StringComparer.Ordinal)
            .ThenBy(static test => test.Method, StringComparer.Ordinal)
            .SelectMany(test => OfMethod(test.Class, test.Method, runs));

    private static IEnumerable<TestRow> OfMethod(string type, string method, IReadOnlyList<RunResult> runs)
    {
        List<List<TestResult>> columns = [.. runs.Select(run => run.Tests.Where(test => test.Class == type && test.Method == method).ToList())];
        List<string> names = [.. columns.SelectMany(static column => column).Select(static test => test.Name).Distinct(StringComparer.Ordinal)];
        if (names.Count > 1 && columns.TrueForAll(column => IsUniform(column, names.Count)))
        {
            return [new TestRow(type, $"{method} (×{names.Count})", [.. columns.Select(static column => column.FirstOrDefault())])];
        }

        return names.Select(name => new TestRow(
            type,
            names.Count > 1 ? method + columns.SelectMany(static column => column).First(test => test.Name == name).Arguments : method,
            [.. columns.Select(column => column.Where(test => test.Name == name).MaxBy(static test => test.Outcome))]));
    }

    // Either the run has nothing of the theory, or all of its rows with the same end.
    private static bool IsUniform(List<TestResult> column, int rowCount)
        => column.Count == 0
            || (column.DistinctBy(static test => test.Name, StringComparer.Ordinal).Count() == rowCount
                && column.DistinctBy(static test => (test.Outcome, test.Text)).Count() == 1);
}
