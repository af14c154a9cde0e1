using System.Text.Json.Serialization;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>Times in nanoseconds. Percentiles are the upper ends of the histogram's parts, at most 0.8 per cent too long.</summary>
internal sealed record PerfLatency(
    [property: JsonPropertyName("min")] long Min,
    [property: JsonPropertyName("mean")] double Mean,
    [property: JsonPropertyName("p50")] long P50,
    [property: JsonPropertyName("p90")] long P90,
    [property: JsonPropertyName("p95")] long P95,
    [property: JsonPropertyName("p99")] long P99,
    [property: JsonPropertyName("p999")] long P999,
    [property: JsonPropertyName("p9999")] long P9999,
    [property: JsonPropertyName("max")] long Max)
{
    public static PerfLatency From(LatencyHistogram histogram) => new(
        histogram.Min,
        histogram.Mean,
        histogram.Percentile(0.5),
        histogram.Percentile(0.9),
        histogram.Percentile(0.95),
        histogram.Percentile(0.99),
        histogram.Percentile(0.999),
        histogram.Percentile(0.9999),
        histogram.Max);
}
