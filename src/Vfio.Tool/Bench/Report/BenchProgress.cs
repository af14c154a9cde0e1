using Spectre.Console;
using Vfio.Tool.Output;

namespace Vfio.Tool.Bench.Report;

/// <summary>Shows the progress of a measurement on standard error, as suits what that is.</summary>
internal static class BenchProgress
{
    /// <summary>Runs work that reports its progress.</summary>
    public static T Run<T>(Func<IBenchProgress, T> work)
        => Console.IsErrorRedirected
            ? work(new LineProgress(Console.Error))

            // No thread draws by itself: it would take a processor from what is measured.
            : Terminal.Error.Progress()
                .AutoRefresh(false)
                .AutoClear(true)
                .HideCompleted(false)
                .Columns(
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new ElapsedTimeColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left })
                .Start(context => work(new BarProgress(context, context.AddTask("starting"))));
}
