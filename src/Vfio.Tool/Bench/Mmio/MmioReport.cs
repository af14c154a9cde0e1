using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>What <c>vfio bench mmio --json</c> prints.</summary>
internal sealed record MmioReport
{
    /// <summary>Where and when.</summary>
    public required BenchRun Run { get; init; }

    /// <summary>Whether the user ended it before all was measured.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The number of the BAR.</summary>
    public required int Bar { get; init; }

    /// <summary>Where in it, in bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>The operations.</summary>
    public required IReadOnlyList<MmioResult> Operations { get; init; }
}
