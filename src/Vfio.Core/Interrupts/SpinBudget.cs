using System.Diagnostics;

namespace Vfio.Core;

/// <summary>How long the waits of one vector poll under an adaptive policy, as the last waits have shown.</summary>
/// <remarks>Thread-safe: of waits that end at the same time one may be forgotten, which only a guess depends on.</remarks>
/// <param name="processors">How many processors the process may run on.</param>
internal sealed class SpinBudget(int processors)
{
    private const int Steps = 16;

    private long _adapted = -1;

    /// <summary>How long the next wait polls, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Next(SpinPolicy policy)
    {
        if (processors == 1 && !policy.EvenOnOneProcessor)
        {
            return 0;
        }

        long limit = Limit(policy);
        if (!policy.IsAdaptive)
        {
            return limit;
        }

        // The first wait tries the smallest step.
        long adapted = Volatile.Read(ref _adapted);
        return adapted < 0 ? limit / Steps : Math.Min(adapted, limit);
    }

    /// <summary>Learns from a wait that has ended.</summary>
    /// <param name="policy">Its policy.</param>
    /// <param name="polled">How long it was to poll.</param>
    /// <param name="waited">How long it took, in ticks.</param>
    public void Learn(SpinPolicy policy, long polled, long waited)
    {
        if (!policy.IsAdaptive)
        {
            return;
        }

        long limit = Limit(policy);
        long step = Math.Max(1, limit / Steps);
        if (waited > limit)
        {
            long half = polled / 2;
            Volatile.Write(ref _adapted, half < step ? 0 : half);
        }
        else if (waited > polled)
        {
            Volatile.Write(ref _adapted, Math.Min(limit, Math.Max(step, polled * 2)));
        }
        else
        {
            Volatile.Write(ref _adapted, polled);
        }
    }

    private static long Limit(SpinPolicy policy) => (long)(policy.Limit.TotalSeconds * Stopwatch.Frequency);
}
