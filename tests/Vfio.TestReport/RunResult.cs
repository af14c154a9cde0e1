namespace Vfio.TestReport;

/// <summary>What came of a run.</summary>
/// <param name="Run">The run.</param>
/// <param name="Tests">Its tests.</param>
/// <param name="Problems">What went wrong apart from the tests. Each counts as a failure: the last line must not look well.</param>
internal sealed record RunResult(TestRun Run, IReadOnlyList<TestResult> Tests, IReadOnlyList<string> Problems)
{
    public int Passed => Count(Outcome.Passed);

    public int Failed => Count(Outcome.Failed) + Problems.Count;

    public int Skipped => Count(Outcome.Skipped);

    private int Count(Outcome outcome) => Tests.Count(test => test.Outcome == outcome);
}
