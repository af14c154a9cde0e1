namespace Vfio.Core;

/// <summary>What happened on a vector since it was enabled: a snapshot, which does not change.</summary>
/// <remarks>
/// The numbers are read one after the other, so that while others wait they need not be of the same instant. Each is
/// exact by itself, and when nobody waits all of them are.
/// </remarks>
public readonly record struct InterruptStatistics
{
    /// <summary>How many triggers were taken: the sum of all counts that waits and handlers were given.</summary>
    public ulong Triggers { get; init; }

    /// <summary>How often somebody began to wait or looked, whatever came of it; each round of a handler is one.</summary>
    public ulong Waits { get; init; }

    /// <summary>How often a count was handed out. Fewer than the triggers where several had gathered.</summary>
    public ulong Wakes { get; init; }

    /// <summary>How many triggers nobody had taken when the vector was disabled; zero until then.</summary>
    public ulong Untaken { get; init; }

    /// <summary>How long before the snapshot the last count was handed out, or null where none was.</summary>
    public TimeSpan? SinceLastWake { get; init; }
}
