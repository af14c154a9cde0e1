using System.CommandLine;
using Spectre.Console;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Commands;
using Vfio.Tool.Inspect;

namespace Vfio.Tool.Tests.Inspect;

/// <summary>One run of <c>vfio inspect</c> on a report that is given.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">What it wrote to standard output, which is no terminal.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="Options">What was asked of the one that inspects, or null if nothing was.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Error, InspectOptions? Options)
{
    /// <summary>Runs the command with these arguments.</summary>
    /// <param name="report">What the one that inspects reports.</param>
    /// <param name="proven">What the kernel makes of it; null where it must not be asked.</param>
    /// <param name="arguments">What stands behind <c>vfio inspect</c>.</param>
    public static CommandRun Of(AssignabilityReport report, AssignabilityReport? proven, params string[] arguments)
    {
        InspectOptions? asked = null;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var steps = new InspectSteps(
            (_, _, options) =>
            {
                asked = options;
                return report;
            },
            (_, _) => proven ?? throw new InvalidOperationException("Nobody asked for a proof."),
            static () => PciNames.Parse([]),
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No }),
            error);
        int code = Parse(steps, arguments).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return new CommandRun(code, output.ToString(), error.ToString(), asked);
    }

    /// <summary>The errors in a command line, which is not run.</summary>
    public static IEnumerable<string> Errors(params string[] arguments) => Parse(InspectSteps.Default, arguments).Errors.Select(static error => error.Message);

    private static ParseResult Parse(InspectSteps steps, string[] arguments)
        => new RootCommand("test") { InspectCommand.Create(steps) }.Parse(["inspect", .. arguments]);
}
