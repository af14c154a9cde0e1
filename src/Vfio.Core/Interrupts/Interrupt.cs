namespace Vfio.Core;

/// <summary>One interrupt vector. The kernel counts its triggers until a wait takes the count.</summary>
/// <remarks>
/// Thread-safe. Every trigger is counted once and handed to one wait: of several waits, whichever comes first gets all
/// that has gathered. Blocking waits may be many; awaits are one at a time, and go on on the thread pool.
/// Disposing the set ends every wait with <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class Interrupt
{
    private readonly InterruptSet _set;
    private readonly EventFd _event;
    private readonly EventAwaiter<EventFd, ulong> _awaiter;
    private volatile bool _disposed;

    internal Interrupt(InterruptSet set, int vector, EventFd source, VfioHost host)
    {
        _set = set;
        Vector = vector;
        _event = source;
        _awaiter = new EventAwaiter<EventFd, ulong>(this, source.Descriptor, host);
    }

    /// <summary>The number of the vector, from 0.</summary>
    public int Vector { get; }

    internal EventFd Event => _event;

    /// <summary>Waits for a trigger, blocking the thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, which is also the fastest to wake.</param>
    /// <returns>How often the interrupt was triggered since the last wait, at least once.</returns>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public ulong Wait(TimeSpan timeout)
        => TryWait(timeout, out ulong count)
            ? count
            : throw new TimeoutException($"{_set.DeviceName}: vector {Vector} was not triggered within {timeout}.");

    /// <summary>Waits for a trigger, blocking the thread.</summary>
    /// <param name="timeout">How long; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="count">How often the interrupt was triggered since the last wait.</param>
    /// <returns>Whether there was a trigger in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public bool TryWait(TimeSpan timeout, out ulong count)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            count = Take();
            return true;
        }

        var deadline = new Deadline(timeout);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_event.TryTake(out count))
            {
                // What woke the wait may have been the disposal; leave it for the other waits too.
                if (_disposed)
                {
                    _event.Signal();
                    continue;
                }

                return true;
            }

            int milliseconds = deadline.Milliseconds;
            if (milliseconds == 0)
            {
                return false;
            }

            _event.Poll(milliseconds);
        }
    }

    /// <summary>Waits for a trigger without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How often the interrupt was triggered since the last wait, at least once. Await it once.</returns>
    /// <exception cref="InvalidOperationException">The interrupt is being awaited already.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no trigger is lost.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed, before or while waiting.</exception>
    public ValueTask<ulong> WaitAsync(CancellationToken cancellationToken = default) => _awaiter.WaitAsync(_event, cancellationToken);

    /// <summary>Holds the vector back until <see cref="Unmask"/> (<c>VFIO_IRQ_SET_ACTION_MASK</c>).</summary>
    /// <exception cref="VfioException">This kind of interrupt cannot be masked.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Mask() => _set.Mask(Vector, masked: true);

    /// <summary>
    /// Lets the vector through (<c>VFIO_IRQ_SET_ACTION_UNMASK</c>). An INTx masks itself at each trigger: unmask it
    /// when the device has been served and has let go of the line.
    /// </summary>
    /// <exception cref="VfioException">This kind of interrupt cannot be masked.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Unmask() => _set.Mask(Vector, masked: false);

    /// <summary>
    /// Triggers the vector as if the device had (<c>VFIO_IRQ_SET_ACTION_TRIGGER</c>), for tests and for measuring. The device takes no part.
    /// </summary>
    /// <exception cref="VfioException">The kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Trigger() => _set.Trigger(Vector);

    // One call into the kernel, which returns with the trigger; a wait with a time limit needs one to wait and one to take.
    private ulong Take()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ulong count = _event.Take();
            if (!_disposed)
            {
                return count;
            }

            // As in TryWait.
            _event.Signal();
        }
    }

    internal void Dispose()
    {
        _disposed = true;
        _awaiter.Dispose();
        _event.Signal();
        _event.Dispose();
    }
}
