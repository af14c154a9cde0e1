using System.Globalization;
using Spectre.Console;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>A measurement for people.</summary>
internal static class PerfTable
{
    public static Table Of(PerfReport report)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns(string.Empty, string.Empty);
        void Add(string name, FormattableString value) => table.AddRow(name, value.ToString(CultureInfo.InvariantCulture));
        Add("what", $"{report.Pattern}, {report.TransferSize} bytes, {report.Queues} queues of {report.Depth}, {report.Wait}{(report.ShadowDoorbells ? ", shadow doorbells" : string.Empty)}");
        Add("IOPS", $"{report.OperationsPerSecond:N0}");
        Add("bandwidth", $"{report.BytesPerSecond / (1 << 20):N1} MiB/s");
        PerfLatency latency = report.Latency;
        Add("latency", $"mean {Time(latency.Mean)}, from {Time(latency.Min)} to {Time(latency.Max)}");
        Add("percentiles", $"50% {Time(latency.P50)}  90% {Time(latency.P90)}  99% {Time(latency.P99)}  99.9% {Time(latency.P999)}  99.99% {Time(latency.P9999)}");
        Add("processor", $"{report.CpuPercent:F0}%");
        Add("allocated", $"{report.AllocatedPerOperation:0.###} bytes a command");
        Add("errors", $"{report.Errors} of {report.Operations}");
        return table;
    }

    private static string Time(double nanoseconds) => nanoseconds switch
    {
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:F2} µs"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:F0} µs"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000:F1} ms"),
    };
}
