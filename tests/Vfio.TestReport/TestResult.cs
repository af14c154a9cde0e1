namespace Vfio.TestReport;

/// <summary>One test in one run, or one row of a theory.</summary>
/// <param name="Class">The class's name, without the program's own.</param>
/// <param name="Method">The method's name.</param>
/// <param name="Name">The name with the arguments, by which a row is told from another.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">Why it was skipped, or what failed.</param>
internal sealed record TestResult(string Class, string Method, string Name, Outcome Outcome, string Text)
{
    /// <summary>What stands in the brackets of a theory's row, with the brackets.</summary>
    public string Arguments => Name.IndexOf('(', StringComparison.Ordinal) is >= 0 and int start ? Name[start..] : string.Empty;
}
