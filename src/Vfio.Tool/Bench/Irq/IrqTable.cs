using System.Globalization;
using Spectre.Console;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Irq;

/// <summary>The results of <c>vfio bench irq</c> for people.</summary>
internal static class IrqTable
{
    public static Table Of(IrqReport report)
    {
        Table table = ResultTable.Create(["KIND", "WAIT"], ["MIN", "p50", "p99", "MAX", "SAMPLES"], note: null);
        foreach (IrqResult wait in report.Waits)
        {
            string[] times = wait.Latency is { } latency
                ? [.. new[] { latency.MinNs, latency.MedianNs, latency.P99Ns, latency.MaxNs }.Select(DurationText.Format)]
                : ["-", "-", "-", "-"];
            ResultTable.Add(table, [report.Kind, wait.Wait, .. times, wait.Samples.ToString(CultureInfo.InvariantCulture)]);
        }

        return table;
    }
}
