using System.Text.Json;
using Vfio.Assignability;
using Vfio.Tool.Output;

namespace Vfio.Tool.Handover;

/// <summary>Tells what became of functions.</summary>
internal static class HandoverOutput
{
    private const string NoDriver = "no driver";

    /// <summary>Writes the functions, or JSON, to standard output and everything else to standard error.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(HandoverResult result, bool json, HandoverSteps steps)
    {
        if (json)
        {
            steps.Out.WriteLine(JsonSerializer.Serialize(HandoverDocument.Of(result), TypedJson.Context.HandoverDocument));
        }
        else
        {
            foreach (HandoverChange change in result.Devices)
            {
                steps.Out.WriteLine(Line(change));
            }
        }

        foreach (string message in result.Warnings.Concat(result.Errors.Select(static error => error.Message)))
        {
            steps.Error.WriteLine($"vfio: {message}");
        }

        return result.Succeeded ? ExitCode.Done : ExitCode.For(result.Errors[0].Kind);
    }

    private static string Line(HandoverChange change) => change.Changed
        ? $"{change.Device}  {change.Before ?? NoDriver} -> {change.After ?? NoDriver}"
        : $"{change.Device}  {change.After ?? NoDriver}, as before";
}
