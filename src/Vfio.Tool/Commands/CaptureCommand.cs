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

    public static Command Create()
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
        command.SetAction(result => Run(result.GetRequiredValue(folder), RootOption.Host(result.GetValue(root)).Tree, result.GetValue(json)));
        return command;
    }

    private static int Run(string folder, HostTree source, bool json)
    {
        CaptureSummary summary = HostCapture.Write(source, folder);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(summary, ToolJson.Default.CaptureSummary));
        }
        else
        {
            Show(summary);
        }

        return ExitCode.Done;
    }

    private static void Show(CaptureSummary summary)
    {
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Folder}: {summary.Functions} PCI functions, {summary.Files} files, {summary.Links} links"));
        if (summary.Unreadable.Count == 0)
        {
            return;
        }

        Console.Out.WriteLine("Not readable for this user, and so unknown to a report on the captured host; root can read more:");
        foreach (UnreadablePath path in summary.Unreadable.Take(ShownPaths))
        {
            Console.Out.WriteLine($"  {path.Path}: {path.Problem}");
        }

        if (summary.Unreadable.Count > ShownPaths)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  and {summary.Unreadable.Count - ShownPaths} more, all in {Path.Combine(summary.Folder, HostTree.UnreadableList)}"));
        }
    }
}
