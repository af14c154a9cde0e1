using Spectre.Console;

namespace Vfio.Tool.Demo;

/// <summary>Shows the steps of a demonstration as they happen, and remembers those that failed.</summary>
internal sealed class StepLog(IAnsiConsole console)
{
    private readonly List<string> _failed = [];

    /// <summary>The steps that failed.</summary>
    public IReadOnlyList<string> Failed => _failed;

    /// <summary>Shows a step and what came of it.</summary>
    public void Show(string step, bool ok, string outcome)
    {
        if (!ok)
        {
            _failed.Add(step);
        }

        string mark = ok ? "[green]ok[/]  " : "[red]FAIL[/]";
        console.MarkupLine($"{mark} [bold]{Markup.Escape(step.PadRight(16))}[/] {Markup.Escape(outcome)}");
    }
}
