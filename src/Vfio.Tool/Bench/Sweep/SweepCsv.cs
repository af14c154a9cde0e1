using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>The results of a sweep for spreadsheets.</summary>
internal static class SweepCsv
{
    public static IEnumerable<string> Of(SweepReport report)
    {
        yield return CsvLine.Of(
            "device", "kernel", "date", "backend", "pages", "threads", "live", "size", "samples",
            "map_min_ns", "map_median_ns", "map_p99_ns", "map_max_ns", "map_gib_per_second",
            "unmap_min_ns", "unmap_median_ns", "unmap_p99_ns", "unmap_max_ns", "unmap_gib_per_second", "skipped");
        BenchRun run = report.Run;
        foreach (SweepResult point in report.Points)
        {
            yield return CsvLine.Of(
                run.Device, run.Kernel, run.Date, point.Backend, point.Pages, point.Threads, point.Live, point.Size, point.Samples,
                point.Map?.MinNs, point.Map?.MedianNs, point.Map?.P99Ns, point.Map?.MaxNs, point.Map?.GibPerSecond,
                point.Unmap?.MinNs, point.Unmap?.MedianNs, point.Unmap?.P99Ns, point.Unmap?.MaxNs, point.Unmap?.GibPerSecond, point.Skipped);
        }
    }
}
