namespace Vfio.TestReport;

/// <summary>Names a set of runs in one line.</summary>
internal static class RunNames
{
    /// <summary>Programs of the host by their names, modes after their kernel: <c>own: iommufd, type1v2; 6.1: type1v2</c>.</summary>
    public static string Join(IEnumerable<TestRun> runs)
        => string.Join("; ", runs.Distinct()
            .GroupBy(static run => run.InGuest ? run.Kernel : run.Program, StringComparer.Ordinal)
            .Select(static group => group.First().InGuest ? $"{group.Key}: {string.Join(", ", group.Select(static run => run.Mode))}" : group.Key));
}
