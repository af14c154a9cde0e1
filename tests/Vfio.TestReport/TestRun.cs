namespace Vfio.TestReport;

/// <summary>One start of a test program, as lab/run tells of it.</summary>
/// <param name="Program">The test program's project.</param>
/// <param name="Kernel">The guest's kernel, or nothing for a run on the host.</param>
/// <param name="Mode">The mode of the guest, or nothing for a run on the host.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="ResultFile">Where its results are, in the XML format of xunit.</param>
internal sealed record TestRun(string Program, string Kernel, string Mode, int Seconds, int ExitCode, string ResultFile)
{
    private const int FieldCount = 6;

    public bool InGuest => Kernel.Length > 0;

    public string Label => InGuest ? $"{Kernel}/{Mode}" : Program;

    /// <summary>Reads a list of runs: a line each, with the fields in their order, and tabs between them.</summary>
    public static IReadOnlyList<TestRun> ReadList(string path)
        => [.. File.ReadLines(path).Where(static line => line.Length > 0).Select(Parse)];

    private static TestRun Parse(string line)
    {
        string[] fields = line.Split('\t');
        return fields.Length == FieldCount && int.TryParse(fields[3], out int seconds) && int.TryParse(fields[4], out int exitCode)
            ? new TestRun(fields[0], fields[1], fields[2], seconds, exitCode, fields[5])
            : throw new InvalidDataException($"This line of the list of runs is none: {line}");
    }
}
