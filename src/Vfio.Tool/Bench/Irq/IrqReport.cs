using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench.Irq;

/// <summary>What <c>vfio bench irq --json</c> prints.</summary>
internal sealed record IrqReport
{
    /// <summary>Where and when.</summary>
    public required BenchRun Run { get; init; }

    /// <summary>Whether the user ended it before all was measured.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The kind of interrupt: <c>msix</c>, <c>msi</c> or <c>intx</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many vectors of it the device has.</summary>
    public required int Vectors { get; init; }

    /// <summary>The ways to wait.</summary>
    public required IReadOnlyList<IrqResult> Waits { get; init; }
}
