namespace Vfio.Core;

/// <summary>Tells when a device in low power is woken: <see cref="DevicePower.EnterLowPowerUntilWoken"/>.</summary>
/// <remarks>
/// Thread-safe. It is told once, to all who wait: by the kernel when it resumes the device for whatever reason, or by
/// <see cref="DevicePower.ExitLowPower"/>. Awaits are one at a time, and go on on the thread pool. Disposing it, or the device, ends
/// every wait with <see cref="ObjectDisposedException"/>; a device that is in low power stays there.
/// </remarks>
public sealed class PowerWakeup : IDisposable
{
    private readonly VfioDevice _device;
    private readonly DevicePower _power;
    private readonly EventAwaiter<PowerWakeup.Take, bool> _awaiter;
    private readonly Lock _gate = new();
    private volatile bool _woken;
    private volatile bool _disposed;

    internal PowerWakeup(VfioDevice device, DevicePower power)
    {
        _device = device;
        _power = power;
        Event = EventFd.Create(device.Host.Kernel);
        _awaiter = new EventAwaiter<Take, bool>(this, Event.Descriptor, device.Host, () => device.Ended(this));
    }

    /// <summary>Whether the device was woken, or left low power. Asking does not wake it.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public bool IsWoken => TryWait(TimeSpan.Zero);

    internal EventFd Event { get; }

    /// <summary>Waits until the device is woken, blocking the thread.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <exception cref="TimeoutException">It was not in time.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed, before or while waiting.</exception>
    public void Wait(TimeSpan timeout)
    {
        if (!TryWait(timeout))
        {
            throw new TimeoutException($"{_device.Name}: the device was not woken within {timeout}.");
        }
    }

    /// <summary>Waits until the device is woken, blocking the thread.</summary>
    /// <param name="timeout">How long; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether it was, in time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed, before or while waiting.</exception>
    public bool TryWait(TimeSpan timeout)
    {
        var deadline = new Deadline(timeout);
        try
        {
            return TryWait(deadline);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            // The event was closed in between.
            throw _device.Ended(this);
        }
    }

    private bool TryWait(Deadline deadline)
    {
        while (true)
        {
            ThrowIfDisposed();
            if (TakeAndLeave())
            {
                ThrowIfDisposed();
                return true;
            }

            int milliseconds = deadline.Milliseconds;
            if (milliseconds == 0)
            {
                return false;
            }

            Event.Poll(milliseconds);
        }
    }

    /// <summary>Waits until the device is woken, without holding a thread.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It is being awaited already.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed, before or while waiting.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken = default)
        => await _awaiter.WaitAsync(new Take(this), cancellationToken).ConfigureAwait(false);

    /// <summary>Ends every wait. The device stays in low power if it is.</summary>
    public void Dispose()
    {
        _power.Forget(this);
        End();
        _device.Forget(this);
    }

    internal void Signal()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                Event.Signal();
            }
        }
    }

    internal void End()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _awaiter.Dispose();
            Event.Signal();
            Event.Dispose();
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw _device.Ended(this);
        }
    }

    // There is one wakeup and any number who wait for it: each leaves it for the next.
    private bool TakeAndLeave()
    {
        // The flag, because between taking and leaving the event is empty for the others.
        if (_woken)
        {
            return true;
        }

        if (!Event.TryTake(out _))
        {
            return _woken;
        }

        // At the end it is signalled too, which is no wakeup.
        _woken = !_disposed;
        Event.Signal();
        return true;
    }

    private readonly struct Take(PowerWakeup wakeup) : IEventTake<bool>
    {
        public bool TryTake(out bool result) => result = wakeup.TakeAndLeave();
    }
}
