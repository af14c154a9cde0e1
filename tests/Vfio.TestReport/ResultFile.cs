using System.Xml;
using System.Xml.Linq;

namespace Vfio.TestReport;

/// <summary>Reads the result file of a run. Whatever is wrong with it becomes a problem of the run.</summary>
internal static class ResultFile
{
    /// <summary>Reads what some runs left.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="some">The programs were told to run some tests only. A program may have none of them, but not all programs.</param>
    public static IReadOnlyList<RunResult> ReadAll(IReadOnlyList<TestRun> runs, bool some)
    {
        RunResult[] results = [.. runs.Select(run => Read(run, mayBeEmpty: some))];
        return Array.TrueForAll(results, static result => result is { Tests: [], Problems: [] })
            ? [.. results.Select(static result => result with { Problems = ["has none of the tests that were asked for, nor has any other run"] })]
            : results;
    }

    private static RunResult Read(TestRun run, bool mayBeEmpty)
    {
        if (!File.Exists(run.ResultFile) || new FileInfo(run.ResultFile).Length == 0)
        {
            return new RunResult(run, [], [$"ended with code {run.ExitCode} and left no results"]);
        }

        try
        {
            XElement root = XDocument.Load(run.ResultFile).Root!;
            List<TestResult> tests = [.. root.Descendants("test").Select(element => ReadTest(element, run.Program)).OfType<TestResult>()];
            return new RunResult(run, tests, [.. Problems(run, root, tests, mayBeEmpty)]);
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or IOException)
        {
            return new RunResult(run, [], [$"ended with code {run.ExitCode} and left results that cannot be read: {error.Message}"]);
        }
    }

    private static IEnumerable<string> Problems(TestRun run, XElement root, List<TestResult> tests, bool mayBeEmpty)
    {
        foreach (XElement error in root.Descendants("error"))
        {
            yield return $"{Optional(error, "type")} {Optional(error, "name")}: {Message(error)}".Trim();
        }

        int announced = root.DescendantsAndSelf("assembly").Sum(static assembly => Number(assembly, "total") - NotRun(assembly));
        if (announced != tests.Count)
        {
            yield return $"left the results of {tests.Count} tests, and says that it ran {announced}";
        }

        if (tests.Count == 0)
        {
            if (!mayBeEmpty)
            {
                yield return "ran no tests";
            }
        }
        else if (run.ExitCode != 0 && tests.TrueForAll(static test => test.Outcome != Outcome.Failed) && !root.Descendants("error").Any())
        {
            yield return $"ended with code {run.ExitCode}, though none of its tests failed";
        }
    }

    // A test that is run only when asked for by name has no outcome.
    private static TestResult? ReadTest(XElement test, string program)
    {
        string type = Required(test, "type");
        string prefix = program + ".";
        Outcome outcome = Required(test, "result") switch
        {
            "Pass" => Outcome.Passed,
            "Skip" => Outcome.Skipped,
            "Fail" => Outcome.Failed,
            "NotRun" => Outcome.Absent,
            string other => throw new InvalidDataException($"the result '{other}' is unknown"),
        };
        return outcome == Outcome.Absent ? null : new TestResult(
            type.StartsWith(prefix, StringComparison.Ordinal) ? type[prefix.Length..] : type,
            Required(test, "method"),
            Required(test, "name"),
            outcome,
            outcome switch
            {
                Outcome.Skipped => (test.Element("reason")?.Value ?? "no reason was given").Trim(),
                Outcome.Failed => $"{Message(test)}\n{Trace(test)}".TrimEnd(),
                _ => string.Empty,
            });
    }

    // xunit escapes quotation marks as C# does.
    private static string Message(XElement element)
        => (element.Element("failure")?.Element("message")?.Value ?? "no message").Replace("\\\"", "\"", StringComparison.Ordinal).Trim();

    // Where it happened; the frames of the runner are no news.
    private static string Trace(XElement element) => string.Join('\n', (element.Element("failure")?.Element("stack-trace")?.Value ?? string.Empty)
        .Split('\n')
        .Select(static frame => frame.Trim())
        .Where(static frame => frame.Length > 0 && !frame.Contains("at System.", StringComparison.Ordinal)));

    private static string Required(XElement element, string name)
        => element.Attribute(name)?.Value ?? throw new InvalidDataException($"a <{element.Name}> has no '{name}'");

    private static string Optional(XElement element, string name) => element.Attribute(name)?.Value ?? string.Empty;

    private static int Number(XElement element, string name)
        => int.TryParse(Required(element, name), out int number)
            ? number
            : throw new InvalidDataException($"the '{name}' of <{element.Name}> is no number");

    private static int NotRun(XElement assembly) => assembly.Attribute("not-run") is null ? 0 : Number(assembly, "not-run");
}
