using Spectre.Console;

namespace Vfio.Nvme.Tool.Output;

/// <summary>A progress bar on a terminal, and nothing elsewhere.</summary>
internal static class Meter
{
    private const int Period = 250; // milliseconds

    /// <summary>Shows how far a task is until it ends.</summary>
    /// <param name="what">What is under way.</param>
    /// <param name="work">The task. What it throws is thrown here.</param>
    /// <param name="done">How much is done, from 0 to 1.</param>
    public static void Show(string what, Task work, Func<double> done)
        => Show(Console.IsErrorRedirected ? null : Terminal.Error, what, work, done);

    /// <summary>Shows it on a console, or without one just waits for the task.</summary>
    internal static void Show(IAnsiConsole? console, string what, Task work, Func<double> done)
    {
        // No thread draws by itself: it would take a processor from what is measured.
        console?.Progress().AutoRefresh(enabled: false).AutoClear(enabled: true).Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: 1);
            do
            {
                task.Value = done();
                context.Refresh();
            }
            while (Task.WaitAny([work], Period) < 0);
        });

        work.GetAwaiter().GetResult();
    }
}
