using Spectre.Console;

namespace Vfio.Nvme.Tool.Output;

/// <summary>A progress bar on a terminal, and nothing elsewhere.</summary>
internal static class Meter
{
    private const int Period = 100; // milliseconds

    /// <summary>Shows how far a task is until it ends.</summary>
    /// <param name="what">What is under way.</param>
    /// <param name="work">The task. What it throws is thrown here.</param>
    /// <param name="done">How much is done, from 0 to 1.</param>
    public static void Show(string what, Task work, Func<double> done)
    {
        if (!Console.IsErrorRedirected)
        {
            Terminal.Error.Progress().AutoClear(enabled: true).Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(what), maxValue: 1);
                while (!work.Wait(Period))
                {
                    task.Value = done();
                }
            });
        }

        work.GetAwaiter().GetResult();
    }
}
