using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>What <c>vfio bench dma-map --json</c> prints.</summary>
internal sealed record SweepReport
{
    /// <summary>Where and when.</summary>
    public required BenchRun Run { get; init; }

    /// <summary>Whether the user ended it before all was measured.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Back ends and pages that the host does not have, each with the reason.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>The points, in the order of measurement.</summary>
    public required IReadOnlyList<SweepResult> Points { get; init; }
}
