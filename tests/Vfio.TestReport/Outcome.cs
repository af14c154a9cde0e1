namespace Vfio.TestReport;

/// <summary>How a test ended, the worst last.</summary>
internal enum Outcome
{
    /// <summary>The run has no result of the test.</summary>
    Absent,
    Passed,
    Skipped,
    Failed,
}
