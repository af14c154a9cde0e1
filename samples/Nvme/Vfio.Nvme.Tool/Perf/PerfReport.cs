using System.Text.Json.Serialization;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>What <c>nvme-vfio perf --json</c> prints.</summary>
internal sealed record PerfReport
{
    /// <summary>The device's address.</summary>
    [JsonPropertyName("device")]
    public required string Device { get; init; }

    /// <summary>The namespace.</summary>
    [JsonPropertyName("namespace")]
    public required uint Namespace { get; init; }

    /// <summary>What was measured: randread and its kin.</summary>
    [JsonPropertyName("rw")]
    public required string Pattern { get; init; }

    /// <summary>How much each command moved, in bytes.</summary>
    [JsonPropertyName("bs")]
    public required int TransferSize { get; init; }

    /// <summary>How many commands each queue had in flight.</summary>
    [JsonPropertyName("qd")]
    public required int Depth { get; init; }

    /// <summary>How many queues, each with a thread.</summary>
    [JsonPropertyName("queues")]
    public required int Queues { get; init; }

    /// <summary>How ends of commands were waited for.</summary>
    [JsonPropertyName("wait")]
    public required string Wait { get; init; }

    /// <summary>Whether shadow doorbells were used.</summary>
    [JsonPropertyName("shadow_doorbells")]
    public required bool ShadowDoorbells { get; init; }

    /// <summary>How long was measured.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>How many commands ended in that time.</summary>
    [JsonPropertyName("ios")]
    public required long Operations { get; init; }

    /// <summary>How many of them failed.</summary>
    [JsonPropertyName("errors")]
    public required long Errors { get; init; }

    /// <summary>Commands per second.</summary>
    [JsonPropertyName("iops")]
    public required double OperationsPerSecond { get; init; }

    /// <summary>Bytes per second.</summary>
    [JsonPropertyName("bytes_per_second")]
    public required double BytesPerSecond { get; init; }

    /// <summary>How long commands took, from just before they were submitted until their end was seen.</summary>
    [JsonPropertyName("latency_ns")]
    public required PerfLatency Latency { get; init; }

    /// <summary>Processor time of the process by time on the clock, ramp included: 100 is one processor.</summary>
    [JsonPropertyName("cpu_percent")]
    public required double CpuPercent { get; init; }

    /// <summary>What the threads of the queues allocated, in bytes, by commands.</summary>
    [JsonPropertyName("alloc_bytes_per_io")]
    public required double AllocatedPerOperation { get; init; }

    public static PerfReport From(
        NvmeController controller, NvmeNamespace space, PerfOptions options, IReadOnlyList<PerfWorker> workers, double processors)
    {
        var all = new LatencyHistogram();
        foreach (PerfWorker worker in workers)
        {
            all.Add(worker.Latency);
        }

        double rate = workers.Sum(static worker => worker.Latency.Count / Math.Max(1e-9, worker.Measured.TotalSeconds));
        return new PerfReport
        {
            Device = controller.Name,
            Namespace = space.Id,
            Pattern = options.Pattern.ToString(),
            TransferSize = options.TransferSize,
            Depth = options.Depth,
            Queues = options.Queues,
            Wait = WaitNames.Of(options.Wait),
            ShadowDoorbells = controller.HasShadowDoorbells,
            Seconds = workers.Max(static worker => worker.Measured.TotalSeconds),
            Operations = all.Count,
            Errors = workers.Sum(static worker => worker.Errors),
            OperationsPerSecond = rate,
            BytesPerSecond = rate * options.TransferSize,
            Latency = PerfLatency.From(all),
            CpuPercent = processors * 100,
            AllocatedPerOperation = workers.Sum(static worker => (double)worker.Allocated) / Math.Max(1, all.Count),
        };
    }
}
