using System.Diagnostics;

namespace Vfio.Core;

/// <summary>The end of a wait that begins now.</summary>
internal readonly struct Deadline
{
    private readonly TimeSpan _timeout;
    private readonly long _start;

    /// <param name="timeout">How long; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public Deadline(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        }

        _timeout = timeout;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>What is left, in whole milliseconds as poll takes them: zero when it is over, -1 for ever.</summary>
    public int Milliseconds
    {
        get
        {
            if (_timeout == Timeout.InfiniteTimeSpan)
            {
                return -1;
            }

            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(_start);
            return left <= TimeSpan.Zero ? 0 : (int)Math.Min(int.MaxValue, Math.Ceiling(left.TotalMilliseconds));
        }
    }
}
