using Vfio.TestReport;

if (args is not ([_, _] or [_, _, "some"]))
{
    Console.Error.WriteLine("usage: Vfio.TestReport LIST-OF-RUNS COPY [some]");
    return 64;
}

IReadOnlyList<RunResult> runs = ResultFile.ReadAll(TestRun.ReadList(args[0]), some: args.Length > 2);
string[] lines = [.. Report.Lines(runs)];
File.WriteAllLines(args[1], lines);
foreach (string line in lines)
{
    Console.WriteLine(line);
}

return Report.IsGood(runs) ? 0 : 1;
