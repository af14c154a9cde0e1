using System.Runtime.CompilerServices;

namespace Vfio.Nvme;

/// <content>Completion.</content>
public sealed partial class IoQueuePair
{
    private const int PollsPerLook = 256;
    private const int LookPeriod = 100; // milliseconds
    private const int LooksPerTimeout = 4;

    private int _untilLook;
    private long _nextLook;
    private long _nextAging;
    private volatile bool _nudged;

    /// <summary>Reports the commands that have ended, without waiting.</summary>
    /// <typeparam name="THandler">Who takes them.</typeparam>
    /// <param name="handler">Who takes them. If it throws, those after are reported by the next call.</param>
    /// <returns>How many were reported.</returns>
    /// <exception cref="NvmeException">The controller has failed or was shut down, and there is nothing left to report.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Reap<THandler>(ref THandler handler)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
        => ReapUpTo(CompletionEntries, ref handler);

    /// <summary>Reports the commands that have ended, without waiting.</summary>
    /// <param name="into">Where to, as far as there is room.</param>
    /// <returns>How many were reported.</returns>
    /// <exception cref="NvmeException">The controller has failed or was shut down, and there is nothing left to report.</exception>
    public int Reap(Span<NvmeCompletion> into)
    {
        var collector = new CompletionCollector(into);
        return ReapUpTo(into.Length, ref collector);
    }

    private int ReapUpTo<THandler>(int most, ref THandler handler)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        if (--_untilLook <= 0 || _nudged)
        {
            Look();
        }

        if (_generation != _controller.Generation)
        {
            return ReapAfterReset(ref handler, most);
        }

        int done = Drain(ref handler, most);

        // The controller gets its entries back late, but has one for every command all the time.
        if (done > 0 && _completions.Untold >= _spare && _generation == _controller.Generation)
        {
            _completions.Ring();
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Drain<THandler>(ref THandler handler, int most)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        int done = 0;
        while (done < most && _completions.TryTake(out uint word, out uint result))
        {
            ushort command = (ushort)word;
            if (command >= _slots.Length || !_slots[command].InFlight)
            {
                RefuseCompletion(command);
                break;
            }

            Free(command);
            done++;
            handler.Complete(new NvmeCompletion(command, new NvmeStatus((ushort)(word >> 17)), result));
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Free(ushort command)
    {
        _slots[command].InFlight = false;
        _free[_freeCount++] = command;
    }

    /// <summary>
    /// The controller was disabled after the queue was made. What it had ended before that stands in the queue; for the rest nothing will come.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ReapAfterReset<THandler>(ref THandler handler, int most)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _controller.AwaitRecovery();
        int done = Drain(ref handler, most);
        for (int i = 0; i < _slots.Length && done < most && InFlight > 0; i++)
        {
            if (_slots[i].InFlight)
            {
                Free((ushort)i);
                done++;
                handler.Complete(new NvmeCompletion((ushort)i, NvmeStatus.AbortedByHost, 0));
            }
        }

        // Whoever has something to handle is told of a failure with the next call.
        if (InFlight == 0 && done == 0)
        {
            RequireLife();
            Recreate();
        }

        return done;
    }

    private void Recreate()
    {
        _submissions.Restart();
        _completions.Restart();
        FreeAll();
        _controller.Create(this);
    }

    /// <summary>Once in many polls: is the controller well, and has any command been with it for too long?</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Look()
    {
        _untilLook = PollsPerLook;
        _nudged = false;
        long now = _controller.Clock.Milliseconds;
        if (now < _nextLook || InFlight == 0 || _generation != _controller.Generation)
        {
            return;
        }

        _nextLook = now + LookPeriod;
        if (_controller.IsWell(_generation) && now >= _nextAging)
        {
            AgeAll();

            // From now on: an Abort may have taken its time.
            _nextAging = _controller.Clock.Milliseconds + Math.Max(1, (long)_controller.CommandTimeout.TotalMilliseconds / LooksPerTimeout);
        }
    }

    private void AgeAll()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            ref CommandSlot slot = ref _slots[i];
            if (!slot.InFlight || ++slot.Age <= LooksPerTimeout)
            {
                continue;
            }

            if (slot.Aborting || !_controller.TryAbort(this, _generation, (ushort)i))
            {
                _controller.Recover(_generation, NvmeErrors.Timeout(
                    _controller.Name, $"queue {Id}, command {i}", _controller.CommandTimeout, "the controller is reset"));
                return;
            }

            // The end of the command may come with the abort, or a little later.
            slot.Aborting = true;
            slot.Age = LooksPerTimeout;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RefuseCompletion(ushort command) => _controller.Recover(_generation, NvmeErrors.Protocol(
        _controller.Name, $"queue {Id}", $"the controller completed the command {command}, which it does not have"));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RequireLife()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_generation != _controller.Generation && InFlight == 0)
        {
            _controller.RequireUsable($"queue {Id}");
        }
    }
}
