using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Vfio.Tool.Bench.Irq;

/// <summary>Somebody who waits for an interrupt again and again, and notes when it wakes.</summary>
internal abstract class IrqWaiter
{
    private int _armed;
    private int _woken;
    private long _wokeAt;
    private volatile bool _stopped;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The way it waits: <c>blocking</c> or <c>async</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How often it has been about to wait.</summary>
    public int Armed => Volatile.Read(ref _armed);

    /// <summary>How often it has woken.</summary>
    public int Woken => Volatile.Read(ref _woken);

    /// <summary>When it last woke, on the clock. To be read after <see cref="Woken"/>.</summary>
    public long WokeAt => _wokeAt;

    /// <summary>Whether it is to end.</summary>
    protected bool IsStopped => _stopped;

    /// <summary>Begins to wait.</summary>
    public abstract void Start();

    /// <summary>Ends it, and throws what went wrong with it.</summary>
    public void Stop()
    {
        _stopped = true;
        End();
        _failure?.Throw();
    }

    /// <summary>Throws what went wrong with it, if anything did.</summary>
    public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    /// <summary>Waits for the end of what <see cref="Start"/> began.</summary>
    protected abstract void End();

    /// <summary>Says that the next thing is to wait.</summary>
    protected void Arm() => Volatile.Write(ref _armed, _armed + 1);

    /// <summary>Notes that it woke.</summary>
    protected void Wake()
    {
        _wokeAt = Stopwatch.GetTimestamp();
        Volatile.Write(ref _woken, _woken + 1);
    }

    /// <summary>Notes that it can go on no more.</summary>
    protected void Fail(Exception error) => Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(error));
}
