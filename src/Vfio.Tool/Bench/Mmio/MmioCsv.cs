using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>The results of <c>vfio bench mmio</c> for spreadsheets.</summary>
internal static class MmioCsv
{
    public static IEnumerable<string> Of(MmioReport report)
    {
        yield return CsvLine.Of(
            "device", "kernel", "date", "bar", "offset", "access", "operation", "bytes", "samples", "batch",
            "min_ns", "median_ns", "p99_ns", "max_ns", "gib_per_second", "skipped");
        BenchRun run = report.Run;
        foreach (MmioResult operation in report.Operations)
        {
            LatencySummary? latency = operation.Latency;
            yield return CsvLine.Of(
                run.Device, run.Kernel, run.Date, report.Bar, report.Offset, operation.Access, operation.Operation, operation.Bytes,
                operation.Samples, operation.Batch, latency?.MinNs, latency?.MedianNs, latency?.P99Ns, latency?.MaxNs, operation.GibPerSecond,
                operation.Skipped);
        }
    }
}
