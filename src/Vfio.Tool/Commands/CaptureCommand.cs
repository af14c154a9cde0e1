using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio capture DIR</c>: what this host says of its devices, as a folder.</summary>
internal static class CaptureCommand
{
    // More would push the summary off the screen; all of them are in the folder.
    private const int ShownPaths = 10;

    public static Command Create() => Create(Console.Out);

    /// <summary>The command with another standard output, for tests.</summary>
    public static Command Create(TextWriter output)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that does not exist yet, or is empty." };
        Option<string?> root = RootOption.Create();
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "capture", "Write what this host says of its devices into a folder, without anything private, for the --root of other commands.")
        {
            folder,
            root,
            json,
        };
        command.SetAction(result => Run(result.GetRequiredValue(folder), RootOption.Host(result.GetValue(root)).Tree, result.GetValue(json), output));
        return command;
    }

    private static int Run(string folder, HostTree source, bool json, TextWriter output)
    {
        CaptureSummary summary = HostCapture.Write(source, folder);
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(summary, TypedJson.Context.CaptureSummary));
        }
        else
        {
            Show(summary, output);
        }

        return ExitCode.Done;
    }

    private static void Show(CaptureSummary summary, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Folder}: {summary.Functions} PCI functions, {summary.Files} files, {summary.Links} links"));
        if (summary.Unreadable.Count == 0)
        {
            return;
        }

        output.WriteLine("Not readable for this user, and so unknown to a report on the captured host; root can read more:");
        foreach (UnreadablePath path in summary.Unreadable.Take(ShownPaths))
        {
            output.WriteLine($"  {path.Path}: {path.Problem}");
        }

        if (summary.Unreadable.Count > ShownPaths)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  and {summary.Unreadable.Count - ShownPaths} more, all in {Path.Combine(summary.Folder, HostTree.UnreadableList)}"));
        }
    }
}
