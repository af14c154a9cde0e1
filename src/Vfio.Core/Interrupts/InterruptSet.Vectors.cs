namespace Vfio.Core;

/// <content>Its vectors, one by one.</content>
public sealed partial class InterruptSet
{
    /// <summary>
    /// Whether <see cref="Add"/> enables this vector alone, so that no other notices: the kernel has set it aside, or can still
    /// (<see cref="InterruptFeatures.NoResize"/> is clear).
    /// </summary>
    /// <param name="vector">The number of the vector.</param>
    /// <exception cref="ArgumentOutOfRangeException">The device has no such vector.</exception>
    public bool AddsAlone(int vector)
    {
        Check(vector);
        return vector < Volatile.Read(ref _room) || !_kind.Features.HasFlag(InterruptFeatures.NoResize);
    }

    /// <summary>Enables one vector more, while the others stay as they are (<c>VFIO_DEVICE_SET_IRQS</c>).</summary>
    /// <param name="vector">Its number.</param>
    /// <returns>The vector, which counts from zero also if it was enabled before.</returns>
    /// <remarks>
    /// Where <see cref="AddsAlone"/> says no, all vectors are disabled and enabled again on the same events. What was counted stays
    /// counted, and waits go on; an interrupt that the device raises in between is lost unless the device keeps it.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The device has no such vector.</exception>
    /// <exception cref="InvalidOperationException">It is enabled already.</exception>
    /// <exception cref="VfioException">The kernel refused, or the host has no vector left. The others are enabled as before, unless the message says otherwise.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public Interrupt Add(int vector)
    {
        Check(vector);
        lock (_gate)
        {
            RequireEnabled();
            if (_interrupts[vector] is not null)
            {
                throw new InvalidOperationException($"{DeviceName}: vector {vector} of {_kind.Name} is enabled already.");
            }

            Interrupt added = Create(vector);
            try
            {
                if (AddsAlone(vector))
                {
                    _transport.EnableInterrupts(_kind.Info, [added.Event.Source], vector);
                }
                else
                {
                    Resize(added);
                }
            }
            catch
            {
                added.End();
                throw;
            }

            _room = Math.Max(_room, vector + 1);
            Volatile.Write(ref _interrupts[vector], added);
            return added;
        }
    }

    /// <summary>
    /// Disables one vector, while the others stay as they are (<c>VFIO_DEVICE_SET_IRQS</c> with the descriptor -1), and ends its waits. What it
    /// counted and nobody took is gone; <see cref="InterruptStatistics.Untaken"/> tells how much. Waits for a handler of the vector that is running,
    /// unless it is called from there.
    /// </summary>
    /// <param name="vector">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not enabled.</exception>
    /// <exception cref="VfioException">The kind has a single vector, whose set is to be disposed instead; or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts have been disposed.</exception>
    public void Remove(int vector)
    {
        Interrupt removed;
        lock (_gate)
        {
            RequireEnabled();
            removed = this[vector];
            if (_kind.Count == 1)
            {
                throw InterruptErrors.SingleVector(DeviceName, _kind.Name);
            }

            _transport.EnableInterrupts(_kind.Info, [null], vector);
            Volatile.Write(ref _interrupts[vector], null);
        }

        removed.End();
        removed.AwaitHandler();
    }

    internal void RequireMaskable()
    {
        if (!_kind.Features.HasFlag(InterruptFeatures.Maskable))
        {
            throw InterruptErrors.NotMaskable(DeviceName, _kind.Name);
        }
    }

    internal void Mask(Interrupt interrupt, bool masked)
    {
        lock (_gate)
        {
            RequireEnabled(interrupt);
            RequireMaskable();
            _transport.MaskInterrupt(_kind.Info, interrupt.Vector, masked);
        }
    }

    internal void Trigger(Interrupt interrupt)
    {
        RequireEnabled(interrupt);

        // Under the lock: between two halves of a change nothing is enabled, and the kernel would refuse.
        lock (_gate)
        {
            RequireEnabled(interrupt);
            _transport.TriggerInterrupt(_kind.Info, interrupt.Vector);
        }
    }

    internal ResampleEvent EnableResample(Interrupt interrupt)
    {
        lock (_gate)
        {
            RequireEnabled(interrupt);
            if (!_kind.Features.HasFlag(InterruptFeatures.AutoMasked))
            {
                throw InterruptErrors.NotAutoMasked(DeviceName, _kind.Name);
            }

            if (interrupt.Resample is not null)
            {
                throw new InvalidOperationException($"{DeviceName}: {_kind.Name} has a resample event already. Dispose it first.");
            }

            var source = EventFd.Create(_host.Kernel);
            try
            {
                _transport.SetUnmaskEvent(_kind.Info, interrupt.Vector, source);
            }
            catch
            {
                source.Dispose();
                throw;
            }

            var resample = new ResampleEvent(interrupt, source);
            interrupt.SetResample(resample);
            return resample;
        }
    }

    internal void DisableResample(Interrupt interrupt, ResampleEvent resample)
    {
        lock (_gate)
        {
            // At the end of the set the kernel has forgotten it, and the vector ends it.
            if (_disposed || !ReferenceEquals(interrupt.Resample, resample))
            {
                return;
            }

            interrupt.SetResample(null);
            try
            {
                _transport.SetUnmaskEvent(_kind.Info, interrupt.Vector, null);
            }
            catch (Exception error) when (error is VfioException or ObjectDisposedException)
            {
                // The kernel lets go of the event when it is closed.
            }

            resample.End();
        }
    }

    private void RequireEnabled()
    {
        if (_disposed)
        {
            throw Ended(this);
        }
    }

    private void RequireEnabled(Interrupt interrupt)
    {
        if (_disposed || !ReferenceEquals(_interrupts[interrupt.Vector], interrupt))
        {
            throw Ended(interrupt);
        }
    }

    private void Check(int vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(vector);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, _interrupts.Length);
    }

    /// <summary>Enables all vectors anew, and one more behind those that the kernel has set aside.</summary>
    private void Resize(Interrupt added)
    {
        EventFd?[] events = [.. Events(_block), .. new EventFd?[added.Vector + 1 - _block]];
        events[added.Vector] = added.Event.Source;
        _transport.DisableInterrupts(_kind.Info);
        try
        {
            _transport.EnableInterrupts(_kind.Info, events);
            _block = events.Length;
        }
        catch (VfioException error)
        {
            Again(error);
            throw;
        }
    }

    /// <summary>Enables all vectors a second time, after it was refused once.</summary>
    private void Again(VfioException first)
    {
        try
        {
            // Some of them may be enabled. Where none is, the kernel refuses, and nothing is to be disabled.
            Disable();
            EnableAll();
        }
        catch (VfioException second)
        {
            throw InterruptErrors.LostVectors(DeviceName, _kind.Name, first, second);
        }
    }

    /// <summary>Enables all vectors when none is, in the way that they came: those that were set aside together, and then each of the others.</summary>
    private void EnableAll()
    {
        _transport.EnableInterrupts(_kind.Info, Events(_block));
        foreach (Interrupt interrupt in Snapshot())
        {
            if (interrupt.Vector >= _block)
            {
                _transport.EnableInterrupts(_kind.Info, [interrupt.Event.Source], interrupt.Vector);
            }

            if (interrupt.Resample is { } resample)
            {
                _transport.SetUnmaskEvent(_kind.Info, interrupt.Vector, resample.Source);
            }
        }
    }
}
