using Spectre.Console;
using Vfio.Tool.Output;

namespace Vfio.Tool.Bench.Report;

/// <summary>A bar on a terminal.</summary>
internal sealed class BarProgress(ProgressContext context, ProgressTask task) : IBenchProgress
{
    /// <inheritdoc/>
    public void Expect(int steps) => task.MaxValue = Math.Max(1, steps);

    /// <inheritdoc/>
    public void Begin(string series, string point = "")
    {
        task.Description = Markup.Escape(point.Length > 0 ? $"{series}: {point}" : series);
        context.Refresh();
    }

    /// <inheritdoc/>
    public void Advance(int steps)
    {
        task.Increment(steps);
        context.Refresh();
    }

    /// <inheritdoc/>
    public void Note(string text) => Terminal.Error.WriteLine($"vfio: {text}");
}
