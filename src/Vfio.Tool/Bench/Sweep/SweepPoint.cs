using Vfio.Core;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>One combination to measure.</summary>
/// <param name="Backend">The way to the IOMMU.</param>
/// <param name="Pages">What the memory is made of.</param>
/// <param name="Size">The length of a mapping in bytes.</param>
/// <param name="Threads">How many threads map.</param>
/// <param name="Live">How many other mappings are live.</param>
internal sealed record SweepPoint(VfioBackend Backend, DmaPageSize Pages, long Size, int Threads, int Live)
{
    /// <summary>The length of each of the other live mappings.</summary>
    public static long LiveLength => Environment.SystemPageSize;

    /// <summary>Why it cannot be measured, or null.</summary>
    public string? Skipped { get; init; }

    /// <summary>How much memory the threads map, each its own: in bytes.</summary>
    public Int128 Memory => (Int128)Size * Threads;
}
