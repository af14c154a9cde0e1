namespace Vfio.Nvme;

/// <content>What is done when a controller fails: disable and enable it, else reset the function, else keep it from memory.</content>
public sealed partial class NvmeController
{
    private SleepWatch? _watch;
    private volatile Exception? _failure;

    /// <summary>Disables the controller and enables it again (a Controller Reset; NVM Express 1.4, 7.3.2).</summary>
    /// <remarks>
    /// Commands in flight are reported by their queues, with how they had ended, or as <see cref="NvmeStatus.AbortedByHost"/>. The queues then go on.
    /// Features that were set are not set again.
    /// </remarks>
    /// <exception cref="NvmeException">The controller did not come back.</exception>
    public void Reset()
    {
        lock (_gate)
        {
            RequireUsable("Controller Reset");
            Recover(_generation, why: null);
            RequireUsable("Controller Reset");
        }
    }

    /// <summary>Brings the controller back, unless that was done since a generation.</summary>
    /// <param name="generation">The generation in which it failed.</param>
    /// <param name="why">How it failed; null where a user wants it so.</param>
    internal void Recover(int generation, NvmeException? why)
    {
        // An admin command that another thread waits for will not end any more.
        if (why is not null)
        {
            _admin.Break(generation, why);
        }

        lock (_gate)
        {
            if (generation != _generation || _state != ControllerState.Ready)
            {
                // Somebody else was faster.
                return;
            }

            _state = ControllerState.Disabled;
            try
            {
                if (!TryEnable(out NvmeException? error) && !(Function.TryReset() && TryEnable(out error)))
                {
                    GiveUp(why ?? error!, error!);
                }
                else
                {
                    _state = ControllerState.Ready;
                }
            }
            finally
            {
                NextGeneration();
            }
        }
    }

    /// <summary>Waits until nobody is bringing the controller back: what it wrote to memory before stands there then.</summary>
    internal void AwaitRecovery()
    {
        lock (_gate)
        {
            // Whoever had the lock is done.
        }
    }

    /// <summary>Looks at the controller's status, and brings it back if it has failed.</summary>
    /// <returns>Whether it is well.</returns>
    internal bool IsWell(int generation)
    {
        ControllerStatus status;
        try
        {
            status = _registers.Status;
        }
        catch (NvmeException error)
        {
            Recover(generation, error);
            return false;
        }

        if (status.IsGone)
        {
            Recover(generation, NvmeErrors.Gone(Name, "CSTS"));
        }
        else if (status.IsFatal)
        {
            Recover(generation, NvmeErrors.Fatal(Name, "CSTS", status));
        }
        else if (!status.IsReady)
        {
            Recover(generation, NvmeErrors.Protocol(Name, "CSTS", $"the controller is no longer ready ({status})"));
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Makes the owners of all queues look after their commands.</summary>
    internal void NudgeSleepers() => Array.ForEach(_queues, static queue => queue.Nudge());

    private bool TryEnable(out NvmeException? error)
    {
        try
        {
            Enable(unchecked(_generation + 1));
            NegotiateQueues();
            FinishEnable();
            error = null;
            return true;
        }
        catch (NvmeException failed)
        {
            error = failed;
            return false;
        }
    }

    private void GiveUp(NvmeException why, NvmeException last)
    {
        // Before anybody gets memory back that the controller might still write to.
        Function.StopDma();
        _failure = why;
        _state = last.Kind == NvmeErrorKind.FunctionGone ? ControllerState.Removed : ControllerState.Failed;
    }
}
