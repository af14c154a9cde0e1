using System.CommandLine;
using System.CommandLine.Parsing;
using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Commands;

/// <summary>Where a benchmark's results go, on the command line.</summary>
internal sealed class OutputOptions
{
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly Option<string?> _csv = ValueOption.Create<string?>(
        "--csv", "FILE", "Write the results as comma-separated values; - is standard output, in the table's place.", Csv);

    private readonly Option<string?> _svg = ValueOption.Create<string?>("--svg", "FILE", "Draw the results.", Writable);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_json);
        command.Add(_csv);
        command.Add(_svg);
        ValueOption.AddCheck(command, Check);
    }

    /// <summary>What was asked for.</summary>
    public BenchOutput Of(ParseResult parsed) => new(parsed.GetValue(_json), parsed.GetValue(_csv), parsed.GetValue(_svg));

    private static string Csv(string text) => text == BenchOutput.StandardOutput ? text : Writable(text);

    // Better now than after the measurement.
    private static string Writable(string text)
    {
        string path = Path.GetFullPath(text.Length > 0 ? text : throw new FormatException("The name of a file is missing."));
        return Directory.Exists(path) ? throw new FormatException($"'{text}' is a folder.")
            : Directory.Exists(Path.GetDirectoryName(path)) ? path
            : throw new FormatException($"There is no folder for '{text}'.");
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_json) && result.GetValue(_csv) == BenchOutput.StandardOutput)
        {
            result.AddError("--json and --csv - both want standard output; give --csv a file.");
        }
    }
}
