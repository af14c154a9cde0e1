namespace Vfio.TestReport.Tests;

/// <summary>A folder with the result files of some runs, which goes with the test.</summary>
internal sealed class RunFolder : IDisposable
{
    public const string Program = "Some.Tests";

    private readonly string _path = Directory.CreateTempSubdirectory("vfio-report-").FullName;
    private readonly List<TestRun> _runs = [];

    /// <summary>A test as xunit writes it.</summary>
    public static string Test(string name, string result, string inside = "")
    {
        string method = name.Split('(')[0];
        return $"""<test type="{Program}.Folder.Things" method="{method}" name="{Program}.Folder.Things.{name}" result="{result}">{inside}</test>""";
    }

    public static string Passed(string name) => Test(name, "Pass");

    public static string Skipped(string name, string reason) => Test(name, "Skip", $"<reason>{reason}</reason>");

    public static string Failed(string name, string message)
        => Test(name, "Fail", $"<failure><message>{message}</message></failure>");

    /// <summary>Adds a run that left these tests.</summary>
    public RunFolder Add(string kernel, string mode, int exitCode, params string[] tests)
        => AddFile(kernel, mode, exitCode, $"""
            <assemblies><assembly total="{tests.Length}" not-run="0"><errors /><collection>{string.Concat(tests)}</collection></assembly></assemblies>
            """);

    /// <summary>Adds a run that left this file, or none.</summary>
    public RunFolder AddFile(string kernel, string mode, int exitCode, string? content)
    {
        string file = Path.Combine(_path, $"{_runs.Count}.xml");
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        _runs.Add(new TestRun(Program, kernel, mode, 7, exitCode, file));
        return this;
    }

    public IReadOnlyList<RunResult> Read(bool some = false) => ResultFile.ReadAll(_runs, some);

    public string[] Report() => [.. Vfio.TestReport.Report.Lines(Read())];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
