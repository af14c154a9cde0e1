using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>An operation in the results of <c>vfio bench mmio</c>.</summary>
internal sealed record MmioResult
{
    /// <summary>The way: <c>mapped</c>, <c>call</c>, <c>config</c> or <c>copy</c>.</summary>
    public required string Access { get; init; }

    /// <summary>What was done: <c>read32</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>How many bytes one operation moves.</summary>
    public required int Bytes { get; init; }

    /// <summary>Why it was not measured, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>How many samples there are.</summary>
    public int Samples { get; init; }

    /// <summary>How many operations one sample is the mean of.</summary>
    public int Batch { get; init; }

    /// <summary>The time of one operation.</summary>
    public LatencySummary? Latency { get; init; }

    /// <summary>How much such operations move in a second, by the median.</summary>
    public double? GibPerSecond { get; init; }

    public static MmioResult Of(MmioOperation operation) => new()
    {
        Access = operation.Access,
        Operation = operation.Name,
        Bytes = operation.Bytes,
        Skipped = operation.Skipped,
    };
}
