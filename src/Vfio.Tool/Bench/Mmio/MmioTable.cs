using System.Globalization;
using Spectre.Console;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>The results of <c>vfio bench mmio</c> for people.</summary>
internal static class MmioTable
{
    public static Table Of(MmioReport report)
    {
        bool hasNotes = report.Operations.Any(static operation => operation.Skipped is not null);
        Table table = ResultTable.Create(
            ["ACCESS", "OPERATION"], ["BYTES", "MIN", "p50", "p99", "MAX", "GiB/s", "SAMPLES", "BATCH"], hasNotes ? "SKIPPED" : null);
        foreach (MmioResult operation in report.Operations)
        {
            LatencySummary? latency = operation.Latency;
            string[] times = latency is null
                ? ["-", "-", "-", "-"]
                : [.. new[] { latency.MinNs, latency.MedianNs, latency.P99Ns, latency.MaxNs }.Select(DurationText.Format)];
            string[] cells =
            [
                operation.Access,
                operation.Operation,
                operation.Bytes > 0 ? operation.Bytes.ToString(CultureInfo.InvariantCulture) : "-",
                .. times,
                operation.GibPerSecond is { } rate ? ThreeDigits.Format(rate) : "-",
                latency is null ? "-" : operation.Samples.ToString(CultureInfo.InvariantCulture),
                latency is null ? "-" : operation.Batch.ToString(CultureInfo.InvariantCulture),
            ];
            ResultTable.Add(table, hasNotes ? [.. cells, operation.Skipped ?? string.Empty] : cells);
        }

        return table;
    }
}
