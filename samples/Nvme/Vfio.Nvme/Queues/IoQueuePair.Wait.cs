namespace Vfio.Nvme;

/// <content>Waiting.</content>
public sealed partial class IoQueuePair
{
    private const int FirstSpin = 1000;
    private const int LeastSpin = 64;
    private const int MostSpin = 20_000;

    private readonly INvmeInterrupt? _interrupt;
    private int _spin;

    /// <summary>Tells the controller of what was submitted, waits until a command has ended, and reports all that have.</summary>
    /// <typeparam name="THandler">Who takes them.</typeparam>
    /// <param name="handler">Who takes them.</param>
    /// <returns>How many were reported; zero only if none is in flight.</returns>
    /// <exception cref="NvmeException">The controller has failed or was shut down, and there is nothing left to report.</exception>
    public int WaitAny<THandler>(ref THandler handler)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        Ring();
        while (true)
        {
            int done = Wait switch
            {
                WaitMode.Poll => Spin(ref handler, int.MaxValue),
                WaitMode.Hybrid => SpinAWhile(ref handler),
                _ => Reap(ref handler),
            };
            if (done > 0 || InFlight == 0)
            {
                return done;
            }

            if (Wait != WaitMode.Poll)
            {
                // A trigger that came since the last look is still there to be taken.
                TrySleep();
            }
        }
    }

    /// <summary>Sleeps until the controller, or somebody else, wakes the owner.</summary>
    /// <returns>Whether it was woken. If not, it never will be again, and what is in flight is ready to be reported.</returns>
    internal bool TrySleep()
    {
        BeforeSleep();
        try
        {
            _interrupt!.Wait();
            return true;
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            // The function was closed or taken away; unless it is well, and then this is something else.
            if (_generation == _controller.Generation && _controller.IsWell(_generation))
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>Gives the controller back all entries that were taken: a controller may interrupt again only then.</summary>
    internal void BeforeSleep()
    {
        if (_generation == _controller.Generation)
        {
            _completions.Ring();
        }
    }

    /// <summary>Makes the owner look after its commands soon, even if it sleeps. From any thread.</summary>
    internal void Nudge()
    {
        _nudged = true;
        if (Wait != WaitMode.Poll && !_disposed)
        {
            _interrupt!.Wake();
        }
    }

    private int Spin<THandler>(ref THandler handler, int polls)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        for (int i = 0; i < polls; i++)
        {
            int done = Reap(ref handler);
            if (done > 0 || InFlight == 0)
            {
                return done;
            }
        }

        return 0;
    }

    // Twice as long as it took of late, and shorter whenever that was not enough.
    private int SpinAWhile<THandler>(ref THandler handler)
        where THandler : struct, INvmeCompletionHandler, allows ref struct
    {
        for (int i = 0; i < _spin; i++)
        {
            int done = Reap(ref handler);
            if (done > 0 || InFlight == 0)
            {
                _spin = Math.Clamp(_spin + (((2 * i) - _spin) / 8), LeastSpin, MostSpin);
                return done;
            }
        }

        _spin = Math.Max(LeastSpin, _spin - (_spin / 8));
        return 0;
    }
}
