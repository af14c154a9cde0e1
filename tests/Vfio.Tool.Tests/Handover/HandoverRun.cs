using System.CommandLine;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Commands;
using Vfio.Tool.Handover;

namespace Vfio.Tool.Tests.Handover;

/// <summary>One run of <c>vfio bind</c> or <c>vfio restore</c> with a result that is given.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
/// <param name="Devices">The functions that were asked for.</param>
/// <param name="Options">What was asked for: options of a bind or of a restore.</param>
internal sealed record HandoverRun(int ExitCode, string Output, string Error, IReadOnlyList<PciAddress> Devices, object? Options)
{
    /// <summary>Runs the command with these arguments.</summary>
    public static HandoverRun Of(HandoverResult result, params string[] arguments)
    {
        IReadOnlyList<PciAddress> devices = [];
        object? asked = null;
        using var output = new StringWriter();
        using var error = new StringWriter();
        HandoverResult Answer(IReadOnlyList<PciAddress> named, object options)
        {
            devices = named;
            asked = options;
            return result;
        }

        int code = Parse(new HandoverSteps(Answer, Answer, output, error), arguments)
            .Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return new HandoverRun(code, output.ToString(), error.ToString(), devices, asked);
    }

    /// <summary>The errors in a command line, which is not run.</summary>
    public static IEnumerable<string> Errors(params string[] arguments)
        => Parse(HandoverSteps.Default, arguments).Errors.Select(static error => error.Message);

    private static ParseResult Parse(HandoverSteps steps, string[] arguments)
        => new RootCommand("test") { BindCommand.Create(steps), RestoreCommand.Create(steps) }.Parse(arguments);
}
