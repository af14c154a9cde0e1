using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Statistics;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Plot;

/// <summary>The median of each access as a bar, with a line to the 99th percentile.</summary>
internal static class MmioPlot
{
    private const double Width = 900;
    private const double Edge = 24;
    private const double NameRoom = 190;
    private const double ValueRoom = 150;
    private const double RowHeight = 26;
    private const double BarHeight = 16;
    private const double TextSize = 12.5;
    private const double TitleRoom = 30;

    // A logarithmic axis has no zero for bars to begin at.
    private const double Beginning = 0.5;

    private static readonly string[] _ways = ["mapped", "call", "config", "copy"];

    /// <summary>Draws the plot, or nothing where nothing was measured.</summary>
    public static string? Of(MmioReport report)
    {
        MmioResult[] measured = [.. report.Operations.Where(static operation => operation.Latency is not null)];
        if (measured.Length == 0)
        {
            return null;
        }

        double[] values =
        [
            Beginning * measured.Min(static operation => operation.Latency!.MedianNs),
            .. measured.Select(static operation => operation.Latency!.P99Ns),
        ];
        Axis times = Axis.Decades("time of one operation", values, DurationText.FormatTick);
        double top = Heading.Height + TitleRoom;
        double height = measured.Length * RowHeight;

        using var svg = new SvgWriter(Width, top + height + Panel.BottomRoom + 28, $"MMIO latency, {report.Run.Device}");
        Heading.Draw(svg, $"MMIO latency: BAR {report.Bar}, offset 0x{report.Offset:x}", report.Run, Edge, Width - (2 * Edge));
        var panel = new Panel(Edge + NameRoom, top, Width - (2 * Edge) - NameRoom - ValueRoom, height)
        {
            Title = "Median and 99th percentile",
            Horizontal = times,
            Vertical = Axis.None,
        };
        panel.Draw(svg, []);
        using (svg.BeginGroup("bars"))
        {
            for (int i = 0; i < measured.Length; i++)
            {
                Bar(svg, panel, measured[i], top + (i * RowHeight) + (RowHeight / 2));
            }
        }

        return svg.Finish();
    }

    private static void Bar(SvgWriter svg, Panel panel, MmioResult operation, double middle)
    {
        LatencySummary latency = operation.Latency!;
        SeriesStyle style = SeriesStyle.Of(Math.Max(0, Array.IndexOf(_ways, operation.Access)));
        double end = panel.X(latency.MedianNs);
        string name = operation.Access == "copy"
            ? $"{operation.Access} {operation.Operation}, {ByteSize.Format(operation.Bytes)}"
            : $"{operation.Access} {operation.Operation}";
        svg.Text(panel.Left - 9, middle + 4.5, name, TextSize, TextAnchor.End);
        svg.Rectangle(panel.Left, middle - (BarHeight / 2), end - panel.Left, BarHeight, style.Colour);
        svg.Line(end, middle, panel.X(latency.P99Ns), middle, "#222222", 1.5);
        svg.Line(panel.X(latency.P99Ns), middle - 4, panel.X(latency.P99Ns), middle + 4, "#222222", 1.5);
        svg.Text(
            panel.Left + panel.Width + 9,
            middle + 4.5,
            $"{DurationText.Format(latency.MedianNs)}, {DurationText.Format(latency.P99Ns)}",
            TextSize);
    }
}
