using Spectre.Console;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Inspect.Text;

namespace Vfio.Tool.Tests.Inspect;

/// <summary>What people see.</summary>
internal static class Screen
{
    /// <summary>A report as text.</summary>
    /// <param name="report">The report.</param>
    /// <param name="width">How wide the console is.</param>
    /// <param name="terminal">Whether it has colours.</param>
    public static string Show(AssignabilityReport report, int width = 80, bool terminal = false)
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = width;
        console.Write(ReportText.Of(report, new DeviceNames(new PciHost(HostTree.Local), PciNames.Parse([]))));
        return output.ToString();
    }

    /// <summary>Its lines.</summary>
    public static string[] Lines(AssignabilityReport report, int width = 80) => Show(report, width).TrimEnd('\n').Split('\n');
}
