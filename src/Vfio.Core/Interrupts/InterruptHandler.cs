namespace Vfio.Core;

/// <summary>A handler that is called for each wake of a vector, on a thread of its own.</summary>
/// <remarks>
/// <para>Thread-safe. The thread is a background thread of the handler's, named after device and vector; nothing else
/// runs there, so that a slow handler delays only its own vector. A wake costs three calls into the kernel and no allocation.</para>
/// <para>A handler that throws is called no more: <see cref="Completion"/> fails with its exception. Triggers gather in
/// the counter, and a wait or another handler gets them.</para>
/// <para>A handler may dispose itself, its vector, its set or its device, and may wait for, mask, unmask and trigger any vector.</para>
/// </remarks>
public sealed class InterruptHandler : IDisposable
{
    [ThreadStatic]
    private static InterruptHandler? _current;

    private readonly Interrupt _interrupt;
    private readonly Action<ulong> _handler;
    private readonly InterruptHandlerOptions _options;
    private readonly InterruptibleWait _wait;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stopped;

    internal InterruptHandler(Interrupt interrupt, Action<ulong> handler, InterruptHandlerOptions options, IVfioKernel kernel)
    {
        _interrupt = interrupt;
        _handler = handler;
        _options = options;
        _wait = new InterruptibleWait(kernel, interrupt.Event.Source.Descriptor);
        _thread = new Thread(Run) { IsBackground = true, Name = $"Vfio {interrupt.Set.DeviceName} vector {interrupt.Vector}" };
        _thread.Start();
    }

    /// <summary>Whether it is to be called no more.</summary>
    internal bool IsStopped => Volatile.Read(ref _stopped) != 0;

    /// <summary>Ends when the handler will be called no more; it has failed if the handler threw, or the kernel refused to wait.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Enters the lock of a set's end, unless the thread that has it waits for the calling one, which runs a handler of the set.</summary>
    internal static bool TryEnter(Lock gate, InterruptSet set) => Enter(gate, ReferenceEquals(_current?._interrupt.Set, set));

    /// <summary>Enters the lock of a device's end, unless the thread that has it waits for the calling one, which runs a handler of the device.</summary>
    internal static bool TryEnter(Lock gate, VfioDevice device) => Enter(gate, ReferenceEquals(_current?._interrupt.Set.Device, device));

    /// <summary>
    /// Ends the calls. Waits for one that is running, unless it is called from there. Triggers that have not been handed over stay counted.
    /// </summary>
    public void Dispose()
    {
        Stop();
        if (!ReferenceEquals(_current, this))
        {
            _thread.Join();
        }
    }

    private static bool Enter(Lock gate, bool isWithin)
    {
        if (gate.TryEnter())
        {
            return true;
        }

        if (!isWithin)
        {
            gate.Enter();
        }

        return !isWithin;
    }

    /// <summary>Ends the calls, after the one that may be running.</summary>
    internal void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            _wait.Dispose();
        }
    }

    private void Run()
    {
        _current = this;
        Exception? failure = null;
        try
        {
            while (!IsStopped)
            {
                RunOnce();
            }
        }
        catch (Exception error) when (IsStopped && error is ObjectDisposedException or VfioException)
        {
            // It was at the vector when that ended.
        }
#pragma warning disable CA1031 // Whatever a handler throws is its caller's to look at, on the task.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }

        Stop();
        _interrupt.Forget(this);
        if (failure is null)
        {
            _completion.SetResult();
        }
        else
        {
            _completion.SetException(failure);
        }
    }

    private void RunOnce()
    {
        _interrupt.Event.CountWait();
        bool taken = _interrupt.Poll(this, _options.Spin, out long start, out long budget, out ulong count);
        while (!taken && !(taken = _interrupt.Event.TryTake(out count)))
        {
            if (IsStopped)
            {
                return;
            }

            _wait.Poll(Timeout.Infinite);
        }

        _interrupt.Learn(_options.Spin, start, budget);
        _handler(count);
        if (_options.Unmask)
        {
            Unmask();
        }
    }

    private void Unmask()
    {
        if (_interrupt.Resample?.TrySignal() == true)
        {
            return;
        }

        try
        {
            _interrupt.Unmask();
        }
        catch (Exception error) when (_interrupt.Set.HasEnded && error is ObjectDisposedException or VfioException)
        {
            // The set is being disposed, and is about to stop this.
        }
    }
}
