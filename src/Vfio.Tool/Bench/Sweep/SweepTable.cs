using System.Globalization;
using Spectre.Console;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>The results of a sweep for people.</summary>
internal static class SweepTable
{
    public static Table Of(SweepReport report)
    {
        bool hasNotes = report.Points.Any(static point => point.Skipped is not null);
        Table table = ResultTable.Create(
            ["BACK END", "PAGES"],
            ["THREADS", "LIVE", "SIZE", "MAP p50", "p99", "GiB/s", "UNMAP p50", "p99", "GiB/s", "SAMPLES"],
            hasNotes ? "SKIPPED" : null);
        foreach (SweepResult point in report.Points)
        {
            string[] cells =
            [
                point.Backend,
                point.Pages,
                point.Threads.ToString(CultureInfo.InvariantCulture),
                point.Live.ToString(CultureInfo.InvariantCulture),
                ByteSize.Format(point.Size),
                .. Cells(point.Map),
                .. Cells(point.Unmap),
                point.Skipped is null ? point.Samples.ToString(CultureInfo.InvariantCulture) : "-",
            ];
            ResultTable.Add(table, hasNotes ? [.. cells, point.Skipped ?? string.Empty] : cells);
        }

        return table;
    }

    private static string[] Cells(OperationResult? operation) => operation is null
        ? ["-", "-", "-"]
        : [DurationText.Format(operation.MedianNs), DurationText.Format(operation.P99Ns), ThreeDigits.Format(operation.GibPerSecond)];
}
