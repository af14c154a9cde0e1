using System.Diagnostics;

namespace Vfio.Core;

/// <content>Its waits.</content>
public sealed partial class Interrupt
{
    /// <summary>Waits for a trigger, blocking the thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, which is also the fastest to wake.</param>
    /// <returns>How often the interrupt was triggered since the last wait, at least once.</returns>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public ulong Wait(TimeSpan timeout) => TryWait(timeout, out ulong count) ? count : throw TooLate(timeout);

    /// <summary>Waits for a trigger: polls first, and blocks the thread after that.</summary>
    /// <param name="timeout">How long in all; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="spin">How long to poll.</param>
    /// <returns>How often the interrupt was triggered since the last wait, at least once.</returns>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public ulong Wait(TimeSpan timeout, SpinPolicy spin) => TryWait(timeout, spin, out ulong count) ? count : throw TooLate(timeout);

    /// <summary>Waits for a trigger, blocking the thread.</summary>
    /// <param name="timeout">How long; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="count">How often the interrupt was triggered since the last wait.</param>
    /// <returns>Whether there was a trigger in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public bool TryWait(TimeSpan timeout, out ulong count)
    {
        RequireEnabled();
        _event.CountWait();
        return TakeWithin(timeout, new Deadline(timeout), start: 0, budget: 0, out count);
    }

    /// <summary>Waits for a trigger: polls first, and blocks the thread after that.</summary>
    /// <param name="timeout">How long in all; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="spin">How long to poll.</param>
    /// <param name="count">How often the interrupt was triggered since the last wait.</param>
    /// <returns>Whether there was a trigger in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public bool TryWait(TimeSpan timeout, SpinPolicy spin, out ulong count)
    {
        ArgumentNullException.ThrowIfNull(spin);
        RequireEnabled();
        var deadline = new Deadline(timeout);
        _event.CountWait();
        long start = Stopwatch.GetTimestamp();
        long budget = _spin.Next(spin);
        bool taken = TakeWithin(timeout, deadline, start, budget, out count);
        long waited = Stopwatch.GetTimestamp() - start;

        // A wait that was given up early has shown nothing.
        if (taken || waited > budget)
        {
            _spin.Learn(spin, budget, taken ? waited : long.MaxValue);
        }

        return taken;
    }

    /// <summary>Waits for a trigger without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How often the interrupt was triggered since the last wait, at least once. Await it once.</returns>
    /// <exception cref="InvalidOperationException">The interrupt is being awaited already.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no trigger is lost.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public ValueTask<ulong> WaitAsync(CancellationToken cancellationToken = default)
    {
        _event.CountWait();
        return _awaiter.WaitAsync(_event, cancellationToken);
    }

    /// <summary>Calls a handler for each wake, on a thread of its own, until the handler or the interrupt is disposed.</summary>
    /// <param name="handler">
    /// What to call, with how often the interrupt was triggered since the last time, at least once. It is never called twice at the same time.
    /// </param>
    /// <param name="options">How to call it, or null for the defaults.</param>
    /// <returns>The handler. The caller disposes it; the interrupts do so at the latest.</returns>
    /// <exception cref="InvalidOperationException">The interrupt has a handler already.</exception>
    /// <exception cref="VfioException">The process has too many open files; or the vector is to be unmasked after the handler, and cannot be.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public InterruptHandler Handle(Action<ulong> handler, InterruptHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        options ??= InterruptHandlerOptions.Default;
        if (options.Unmask)
        {
            _set.RequireMaskable();
        }

        lock (_gate)
        {
            RequireEnabled();
            return _handler is null
                ? _handler = new InterruptHandler(this, handler, options, _host.Kernel)
                : throw new InvalidOperationException($"{_set.DeviceName}: vector {Vector} has a handler already. Dispose it first.");
        }
    }

    /// <summary>Polls as the policy says, for a handler, until that is stopped.</summary>
    internal bool Poll(InterruptHandler handler, SpinPolicy spin, out long start, out long budget, out ulong count)
    {
        start = Stopwatch.GetTimestamp();
        budget = _spin.Next(spin);
        return Poll(new Deadline(Timeout.InfiniteTimeSpan), start, budget, out count, handler);
    }

    /// <summary>Learns how long a wait took that began to poll at a time.</summary>
    internal void Learn(SpinPolicy spin, long start, long budget) => _spin.Learn(spin, budget, Stopwatch.GetTimestamp() - start);

    internal void Forget(InterruptHandler handler)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_handler, handler))
            {
                _handler = null;
            }
        }
    }

    private bool Poll(Deadline deadline, long start, long budget, out ulong count, InterruptHandler? handler = null)
    {
        const int Pause = 8;
        count = 0;
        while (budget != 0 && handler?.IsStopped != true)
        {
            if (_event.TryTake(out count))
            {
                return true;
            }

            if (_disposed || Stopwatch.GetTimestamp() - start >= budget || deadline.Milliseconds == 0)
            {
                break;
            }

            Thread.SpinWait(Pause);
        }

        return false;
    }

    private bool TakeWithin(TimeSpan timeout, Deadline deadline, long start, long budget, out ulong count)
    {
        try
        {
            return Poll(deadline, start, budget, out count)
                || (timeout == Timeout.InfiniteTimeSpan ? Take(out count) : TakeBefore(deadline, out count));
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            // The event was closed in between.
            throw _set.Ended(this);
        }
    }

    // One call into the kernel, which returns with the trigger; a wait with a time limit needs one to wait and one to take.
    private bool Take(out ulong count)
    {
        count = _event.Take();
        return count != 0 ? true : throw _set.Ended(this);
    }

    private bool TakeBefore(Deadline deadline, out ulong count)
    {
        while (!_event.TryTake(out count))
        {
            RequireEnabled();
            int milliseconds = deadline.Milliseconds;
            if (milliseconds == 0)
            {
                return false;
            }

            _event.Source.Poll(milliseconds);
        }

        return true;
    }

    private TimeoutException TooLate(TimeSpan timeout)
        => new($"{_set.DeviceName}: vector {Vector} was not triggered within {timeout}.");
}
