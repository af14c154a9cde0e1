using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>The event behind one vector, and what is counted of it.</summary>
/// <remarks>
/// Thread-safe, without a lock. The end is told to blocking waits by a mark in the counter, far above any number of
/// triggers, so that whoever takes it with triggers can tell them apart: these are handed out, and the mark goes back for
/// the others.
/// </remarks>
internal sealed class InterruptEvent(EventFd source) : IEventTake<ulong>
{
    private const ulong EndMark = 1UL << 62;

    private ulong _triggers;
    private ulong _waits;
    private ulong _wakes;
    private ulong _untaken;
    private long _last;

    /// <summary>The event itself.</summary>
    public EventFd Source { get; } = source;

    public void CountWait() => Interlocked.Increment(ref _waits);

    /// <summary>Takes what has gathered, without waiting.</summary>
    public bool TryTake(out ulong result)
    {
        if (!Source.TryTake(out result))
        {
            return false;
        }

        result = HandOut(result);
        return result != 0;
    }

    /// <summary>Takes what has gathered as soon as there is something; zero once the end has come.</summary>
    public ulong Take() => HandOut(Source.Take());

    /// <summary>Ends every blocking wait. The kernel triggers it no more.</summary>
    public void End()
    {
        Source.Signal(EndMark);

        // Where it has been taken meanwhile, whoever has it hands the triggers out.
        if (Source.TryTake(out ulong left))
        {
            Volatile.Write(ref _untaken, left & (EndMark - 1));
            Source.Signal(EndMark);
        }

        Source.Dispose();
    }

    public SafeHandle Export() => Source.Export();

    public InterruptStatistics Snapshot()
    {
        long last = Volatile.Read(ref _last);
        return new InterruptStatistics
        {
            Triggers = Volatile.Read(ref _triggers),
            Waits = Volatile.Read(ref _waits),
            Wakes = Volatile.Read(ref _wakes),
            Untaken = Volatile.Read(ref _untaken),
            SinceLastWake = last == 0 ? null : Stopwatch.GetElapsedTime(last),
        };
    }

    private ulong HandOut(ulong value)
    {
        if (value >= EndMark)
        {
            PassOn();
            value &= EndMark - 1;
        }

        if (value != 0)
        {
            Interlocked.Add(ref _triggers, value);
            Interlocked.Increment(ref _wakes);
            Volatile.Write(ref _last, Stopwatch.GetTimestamp());
        }

        return value;
    }

    private void PassOn()
    {
        try
        {
            Source.Signal(EndMark);
        }
        catch (ObjectDisposedException)
        {
            // Whoever still waits would keep it open.
        }
    }
}
