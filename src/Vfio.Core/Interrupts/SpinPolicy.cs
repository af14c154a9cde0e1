namespace Vfio.Core;

/// <summary>How long a wait polls before it blocks. Polling wakes sooner, and costs a processor meanwhile.</summary>
/// <remarks>
/// <para>Immutable, and so thread-safe. Polling looks at the event by a call into the kernel that does not wait
/// (<c>preadv2</c>); a trigger that comes meanwhile spares the thread its sleep.</para>
/// <para>On one processor nothing polls unless <see cref="EvenOnOneProcessor"/> says so, because whatever leads to the
/// trigger could not run meanwhile.</para>
/// </remarks>
public sealed record SpinPolicy
{
    private SpinPolicy(TimeSpan limit, bool isAdaptive)
    {
        Limit = limit;
        IsAdaptive = isAdaptive;
    }

    /// <summary>Blocks at once.</summary>
    public static SpinPolicy None { get; } = new(TimeSpan.Zero, isAdaptive: false);

    /// <summary>The longest time for which one wait polls.</summary>
    public TimeSpan Limit { get; }

    /// <summary>
    /// Whether the time is found out for each vector, between zero and <see cref="Limit"/>: it doubles, from a sixteenth of the limit on,
    /// when a wait had to block and polling up to the limit would have found the trigger, and halves when it would not have.
    /// Below a sixteenth it is zero.
    /// </summary>
    public bool IsAdaptive { get; }

    /// <summary>Whether to poll on a machine, or in a container, with a single processor too.</summary>
    public bool EvenOnOneProcessor { get; init; }

    /// <summary>Each wait polls for the same time, unless a trigger comes.</summary>
    /// <param name="limit">How long. Tens of microseconds are what a wake from sleep costs; zero is <see cref="None"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or longer than a day.</exception>
    public static SpinPolicy Fixed(TimeSpan limit) => new(Check(limit), isAdaptive: false);

    /// <summary>Each wait polls for as long as lately paid, at most for the limit.</summary>
    /// <param name="limit">The longest time; a vector whose triggers are further apart soon polls no more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or longer than a day.</exception>
    public static SpinPolicy Adaptive(TimeSpan limit) => new(Check(limit), isAdaptive: true);

    private static TimeSpan Check(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TimeSpan.FromDays(1));
        return limit;
    }
}
