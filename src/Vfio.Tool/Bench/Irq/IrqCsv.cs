using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Irq;

/// <summary>The results of <c>vfio bench irq</c> for spreadsheets.</summary>
internal static class IrqCsv
{
    public static IEnumerable<string> Of(IrqReport report)
    {
        yield return CsvLine.Of("device", "kernel", "date", "kind", "wait", "samples", "min_ns", "median_ns", "p99_ns", "max_ns");
        BenchRun run = report.Run;
        foreach (IrqResult wait in report.Waits)
        {
            LatencySummary? latency = wait.Latency;
            yield return CsvLine.Of(
                run.Device, run.Kernel, run.Date, report.Kind, wait.Wait, wait.Samples,
                latency?.MinNs, latency?.MedianNs, latency?.P99Ns, latency?.MaxNs);
        }
    }
}
