using Vfio.Tool.Bench.Sweep;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Plot;

/// <summary>A sweep: throughput above latency, mapping beside unmapping, against the size of a mapping.</summary>
internal static class SweepPlot
{
    private const double Width = 1240;
    private const double Edge = 24;
    private const double PanelHeight = 300;
    private const double TitleRoom = 30;
    private const double PanelWidth = ((Width - (2 * Edge)) / 2) - Panel.LeftRoom - (Edge / 2);
    private const double RowHeight = TitleRoom + PanelHeight + Panel.BottomRoom;

    /// <summary>Draws the plot, or nothing where nothing was measured.</summary>
    public static string? Of(SweepReport report)
    {
        SweepResult[] measured = [.. report.Points.Where(static point => point.Map is not null)];
        if (measured.Length == 0)
        {
            return null;
        }

        IGrouping<string, SweepResult>[] series = [.. measured.GroupBy(static point => point.Series, StringComparer.Ordinal)];
        double left = Edge + Panel.LeftRoom;
        var legend = new Legend([.. series.Select(static (group, i) => (group.Key, SeriesStyle.Of(i)))], left, Width - Edge - left);
        double legendTop = Heading.Height + (2 * RowHeight) + 12;
        double height = legendTop + legend.Height + 34;

        using var svg = new SvgWriter(Width, height, $"DMA mapping, {report.Run.Device}");
        Heading.Draw(svg, "DMA mapping: throughput and latency by size", report.Run, Edge, Width - (2 * Edge));

        // One axis for both panels of a row, so that they can be compared.
        OperationResult[] operations = [.. measured.SelectMany(static point => new[] { point.Map!, point.Unmap! })];
        Axis sizes = Axis.Sizes("size of a mapping", [.. measured.Select(static point => (double)point.Size)]);
        Axis rates = Axis.Decades("GiB/s", [.. operations.Select(static o => o.GibPerSecond)], ThreeDigits.FormatTick);
        Axis times = Axis.Decades(
            "time of one call", [.. operations.SelectMany(static o => new[] { o.MedianNs, o.P99Ns })], DurationText.FormatTick);
        for (int column = 0; column < 2; column++)
        {
            bool isMap = column == 0;
            string name = isMap ? "Map" : "Unmap";
            double panelLeft = left + (column * (PanelWidth + Panel.LeftRoom + Edge));
            new Panel(panelLeft, Heading.Height + TitleRoom, PanelWidth, PanelHeight)
            {
                Title = $"{name}: throughput",
                Horizontal = sizes,
                Vertical = rates,
            }.Draw(svg, Lines(series, isMap, static o => o.GibPerSecond, isSecondary: false));
            new Panel(panelLeft, Heading.Height + RowHeight + TitleRoom, PanelWidth, PanelHeight)
            {
                Title = $"{name}: latency",
                Horizontal = sizes,
                Vertical = times,
            }.Draw(
                svg,
                [
                    .. Lines(series, isMap, static o => o.MedianNs, isSecondary: false),
                    .. Lines(series, isMap, static o => o.P99Ns, isSecondary: true),
                ]);
        }

        legend.Draw(svg, legendTop);
        svg.Text(
            left,
            legendTop + legend.Height + 16,
            "Latency: lines with marks are medians, broken lines 99th percentiles.",
            12,
            colour: "#444444");
        return svg.Finish();
    }

    private static PlotSeries[] Lines(
        IGrouping<string, SweepResult>[] series, bool isMap, Func<OperationResult, double> value, bool isSecondary)
        => [.. series.Select((group, i) => new PlotSeries(
            SeriesStyle.Of(i), [.. group.Select(point => ((double)point.Size, value(isMap ? point.Map! : point.Unmap!)))])
        {
            IsSecondary = isSecondary,
        })];
}
