using Vfio.Core;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>What a sweep goes through. Every list is sorted and has each value once.</summary>
internal sealed record SweepOptions
{
    /// <summary>Where mappings of this many bytes begin, unless something else is asked for.</summary>
    public const long SmallestSize = 4L << 10;

    /// <summary>Where they end.</summary>
    public const long LargestSize = 1L << 30;

    /// <summary>The back ends, in the order of their measurement.</summary>
    public required IReadOnlyList<VfioBackend> Backends { get; init; }

    /// <summary>The kinds of pages that the memory is made of.</summary>
    public required IReadOnlyList<DmaPageSize> Pages { get; init; }

    /// <summary>The lengths of the mappings in bytes, ascending.</summary>
    public required IReadOnlyList<long> Sizes { get; init; }

    /// <summary>How many threads map at the same time.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1];

    /// <summary>How many other mappings are live meanwhile, ascending.</summary>
    public IReadOnlyList<int> Live { get; init; } = [0];

    /// <summary>How long a point is measured, unless it has its samples before.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>How many samples each thread takes at most.</summary>
    public int Samples { get; init; } = 10_000;

    /// <summary>How many points there are, those included that cannot be measured.</summary>
    public int PointCount => Backends.Count * PointsPerBackend;

    /// <summary>How many points there are for a back end.</summary>
    public int PointsPerBackend => Pages.Count * Sizes.Count * Threads.Count * Live.Count;
}
