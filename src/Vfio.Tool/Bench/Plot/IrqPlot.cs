using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Statistics;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Plot;

/// <summary>How the times until a waiter wakes are distributed.</summary>
internal static class IrqPlot
{
    private const double Width = 900;
    private const double Edge = 24;
    private const double PanelHeight = 320;
    private const double TitleRoom = 30;
    private const int BinsPerDecade = 40;

    /// <summary>Draws the plot, or nothing where nothing was measured.</summary>
    public static string? Of(IrqReport report)
    {
        IrqResult[] waits = [.. report.Waits.Where(static wait => wait.Times.Count > 0)];
        if (waits.Length == 0)
        {
            return null;
        }

        double[] ends = [.. waits.SelectMany(static wait => new[] { wait.Times[0], wait.Times[^1] })];
        Axis times = Axis.Decades("from the trigger to the waiter", ends, DurationText.FormatTick);
        PlotSeries[] series =
        [
            .. waits.Select((wait, i) => new PlotSeries(SeriesStyle.Of(i), Distribution(wait.Times, times)) { IsFilled = true }),
        ];
        double panelWidth = Width - (2 * Edge) - Panel.LeftRoom;
        var legend = new Legend([.. waits.Select(static (wait, i) => (NameOf(wait), SeriesStyle.Of(i)))], Edge + Panel.LeftRoom, panelWidth);
        double legendTop = Heading.Height + TitleRoom + PanelHeight + Panel.BottomRoom + 12;

        using var svg = new SvgWriter(Width, legendTop + legend.Height + 16, $"Interrupt latency, {report.Run.Device}");
        Heading.Draw(svg, $"Interrupt latency ({report.Kind})", report.Run, Edge, Width - (2 * Edge));
        var panel = new Panel(Edge + Panel.LeftRoom, Heading.Height + TitleRoom, panelWidth, PanelHeight)
        {
            Title = "Distribution",
            Horizontal = times,
            Vertical = Axis.Shares("share of the interrupts", series.Max(static line => line.Points.Max(static point => point.Y))),
        };
        panel.Draw(svg, series);
        legend.Draw(svg, legendTop);
        return svg.Finish();
    }

    private static string NameOf(IrqResult wait)
    {
        LatencySummary latency = wait.Latency!;
        return $"{wait.Wait}: p50 {DurationText.Format(latency.MedianNs)}, p99 {DurationText.Format(latency.P99Ns)}, "
            + $"max {DurationText.Format(latency.MaxNs)}";
    }

    /// <summary>The share of each of many short stretches of the axis, as the outline of a histogram.</summary>
    private static (double X, double Y)[] Distribution(IReadOnlyList<double> times, Axis axis)
    {
        int bins = Math.Max(BinsPerDecade, (int)(BinsPerDecade * Math.Log10(axis.Max / axis.Min)));
        double[] shares = new double[bins];
        foreach (double time in times)
        {
            shares[Math.Clamp((int)(axis.Fraction(time) * bins), 0, bins - 1)] += 1.0 / times.Count;
        }

        double width = Math.Pow(axis.Max / axis.Min, 1.0 / bins);
        return [.. shares.SelectMany((share, bin) => new[]
        {
            (axis.Min * Math.Pow(width, bin), share),
            (axis.Min * Math.Pow(width, bin + 1), share),
        })];
    }
}
