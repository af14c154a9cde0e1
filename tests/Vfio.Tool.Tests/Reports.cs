using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;
using Vfio.Tool.Bench.Sweep;

namespace Vfio.Tool.Tests;

/// <summary>Reports as a device would have given them.</summary>
internal static class Reports
{
    private static readonly string[] _backends = ["iommufd", "type1v2", "type1v1", "compat-type1v2", "compat-type1v1"];
    private static readonly string[] _pages = ["base", "transparent", "huge2m", "huge1g"];

    public static BenchRun Run { get; } = new(
        "0000:65:00.0",
        "144d:a808",
        "Samsung Electronics Co Ltd NVMe SSD Controller <SM981/PM981/PM983> & Friends",
        "6.12.94+deb13-amd64",
        "AMD EPYC 9654 96-Core Processor",
        96,
        ".NET 10.0.12",
        "2026-11-26T10:11:12Z");

    /// <summary>A sweep over these numbers of everything, with a skipped point at the end of each series.</summary>
    public static SweepReport Sweep(int backends, int pages, int threads, int live, int sizes) => new()
    {
        Run = Run,
        LeftOut = ["huge1g pages: none are free"],
        Points =
        [
            .. from backend in _backends.Take(backends)
               from kind in _pages.Take(pages)
               from others in Enumerable.Range(0, live)
               from count in Enumerable.Range(0, threads)
               from power in Enumerable.Range(12, sizes + 1)
               select Point(backend, kind, 1 << count, others * 1000, 1L << power, isSkipped: power == 12 + sizes),
        ],
    };

    public static MmioReport Mmio { get; } = new()
    {
        Run = Run,
        Bar = 2,
        Offset = 64,
        Operations =
        [
            Operation("mapped", "read8", 1, 900),
            Operation("mapped", "write64", 8, 8.25),
            Operation("call", "read32", 4, 2_000),
            Operation("config", "read32", 4, 3_100),
            Operation("copy", "read64", 65536, 9_000_000),
            new MmioResult { Access = "copy", Operation = "read32", Bytes = 0, Skipped = "the BAR is not prefetchable" },
        ],
    };

    public static IrqReport Irq { get; } = new()
    {
        Run = Run,
        Kind = "msix",
        Vectors = 33,
        Waits = [Wait("blocking", 2_500, 40), Wait("async", 5_200, 90)],
    };

    private static SweepResult Point(string backend, string pages, int threads, int live, long size, bool isSkipped)
    {
        var point = new SweepResult { Backend = backend, Pages = pages, Threads = threads, Live = live, Size = size };
        return isSkipped
            ? point with { Skipped = "takes 2048 MiB of memory, and 100 MiB can be had" }
            : point with { Samples = 100, Map = Times(size, 1_500 + live), Unmap = Times(size, 700 + live) };
    }

    private static OperationResult Times(long size, double start)
    {
        double median = start + (size / 4096 * 20);
        return new OperationResult(median * 0.9, median, median * 1.7, median * 40, size / median * 1e9 / (1L << 30));
    }

    private static MmioResult Operation(string access, string name, int bytes, double median) => new()
    {
        Access = access,
        Operation = name,
        Bytes = bytes,
        Samples = 1000,
        Batch = 20,
        Latency = new LatencySummary(median * 0.9, median, median * 1.5, median * 100),
        GibPerSecond = bytes / median,
    };

    private static IrqResult Wait(string name, double fastest, int samples)
    {
        double[] times = [.. Enumerable.Range(0, samples).Select(i => fastest * (1 + ((double)i / samples))), fastest * 300];
        return new IrqResult(name, times.Length, new LatencySummary(times[0], times[samples / 2], times[^2], times[^1])) { Times = times };
    }
}
