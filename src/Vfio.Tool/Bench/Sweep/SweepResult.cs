using Vfio.Core;
using Vfio.Tool.Bench.Statistics;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>A point of a sweep in the results: measured, or skipped with the reason.</summary>
internal sealed record SweepResult
{
    /// <summary>The back end, as <c>VFIO_BACKEND</c> names it.</summary>
    public required string Backend { get; init; }

    /// <summary>What the memory is made of: <c>base</c>, <c>transparent</c>, <c>huge2m</c> or <c>huge1g</c>.</summary>
    public required string Pages { get; init; }

    /// <summary>How many threads mapped.</summary>
    public required int Threads { get; init; }

    /// <summary>How many other mappings were live.</summary>
    public required int Live { get; init; }

    /// <summary>The length of a mapping in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Why it was not measured, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>How many mappings were measured, by all threads.</summary>
    public int Samples { get; init; }

    /// <summary>Mapping.</summary>
    public OperationResult? Map { get; init; }

    /// <summary>Unmapping.</summary>
    public OperationResult? Unmap { get; init; }

    /// <summary>The name of the series that it belongs to: all but the size.</summary>
    internal string Series => $"{Backend}, {Pages} pages, {Threads} {(Threads == 1 ? "thread" : "threads")}, {Live} live";

    /// <summary>A point that was not measured.</summary>
    public static SweepResult Of(SweepPoint point) => new()
    {
        Backend = VfioBackendName.Of(point.Backend),
        Pages = PageNames.Of(point.Pages),
        Threads = point.Threads,
        Live = point.Live,
        Size = point.Size,
        Skipped = point.Skipped,
    };

    /// <summary>A point that was.</summary>
    public static SweepResult Measured(SweepPoint point, IReadOnlyList<Samples> map, IReadOnlyList<Samples> unmap) => Of(point) with
    {
        Samples = map.Sum(static samples => samples.Count),
        Map = OperationResult.Of(map, point.Size),
        Unmap = OperationResult.Of(unmap, point.Size),
    };
}
