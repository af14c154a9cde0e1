using Vfio.Core;

namespace Vfio.Device.Tests.Soak;

/// <summary>
/// Who has which IOVAs, page by page: what all threads agree on without a lock, so that a mapping that is given to two at once is noticed, and
/// a refusal that nobody stood in the way of too.
/// </summary>
/// <remarks>
/// A thread claims what it was given as soon as it has it, and says that it leaves before it gives it back: others may then be given the page
/// while the call is under way. Every change is stamped, so that a refusal can be told from the past.
/// </remarks>
internal sealed class IovaClaims(int threads)
{
    public const long Page = 4096;

    /// <summary>Where the addresses end that are told apart. The library chooses low ones, and nothing here needs more.</summary>
    public const long Reach = 1L << 31;

    private const int OwnerBits = 8;
    private const long OwnerMask = (1 << OwnerBits) - 1;
    private const long Nobody = 0;
    private const long Leaving = OwnerMask;

    private readonly long[] _pages = new long[Reach / Page];
    private readonly long[] _calls = new long[threads];
    private long _time;

    /// <summary>The time, which goes on with each change.</summary>
    public long Now => Volatile.Read(ref _time);

    /// <summary>A thread is about to be given something.</summary>
    public void Enter(int thread) => Interlocked.Increment(ref _calls[thread]);

    /// <summary>It has claimed what it was given.</summary>
    public void Leave(int thread) => Interlocked.Increment(ref _calls[thread]);

    /// <summary>Claims what was just mapped.</summary>
    /// <exception cref="DivergenceException">Somebody has it.</exception>
    public void Claim(int thread, Iova iova, long length)
    {
        if (iova.Value > (ulong)(Reach - length))
        {
            throw new DivergenceException($"{iova} was chosen, where much lower addresses are free.");
        }

        long mine = Stamp(thread + 1);
        foreach (ref long page in Pages(iova, length))
        {
            long found;
            do
            {
                found = Volatile.Read(ref page);
                if ((found & OwnerMask) is not (Nobody or Leaving))
                {
                    throw new DivergenceException(
                        $"0x{length:x} bytes at {iova} were given to thread {thread}, and part of them is thread {(found & OwnerMask) - 1}'s.");
                }
            }
            while (Interlocked.CompareExchange(ref page, mine, found) != found);
        }
    }

    /// <summary>Says that a thread is about to unmap.</summary>
    /// <returns>What to end it with.</returns>
    public long BeginRelease(Iova iova, long length)
    {
        long leaving = Stamp(Leaving);
        foreach (ref long page in Pages(iova, length))
        {
            Volatile.Write(ref page, leaving);
        }

        return leaving;
    }

    /// <summary>Says that it has unmapped.</summary>
    public void EndRelease(Iova iova, long length, long leaving)
    {
        long free = Stamp(Nobody);
        foreach (ref long page in Pages(iova, length))
        {
            // Unless somebody has it already.
            Interlocked.CompareExchange(ref page, free, leaving);
        }
    }

    /// <summary>Whether somebody had a part of the range at some moment since a time, as far as that can be.</summary>
    public bool WasTaken(Iova iova, long length, long since)
    {
        AwaitCalls();
        foreach (ref long page in Pages(iova, length))
        {
            long found = Volatile.Read(ref page);
            if ((found & OwnerMask) != Nobody || found >> OwnerBits > since)
            {
                return true;
            }
        }

        return false;
    }

    // Whoever was given something and has not claimed it yet does so now. Whoever asks is in no call, so nobody waits for each other.
    private void AwaitCalls()
    {
        foreach (ref long call in _calls.AsSpan())
        {
            long entered = Volatile.Read(ref call);
            while ((entered & 1) != 0 && Volatile.Read(ref call) == entered)
            {
                Thread.Yield();
            }
        }
    }

    private long Stamp(long owner) => (Interlocked.Increment(ref _time) << OwnerBits) | owner;

    private Span<long> Pages(Iova iova, long length) => _pages.AsSpan((int)(iova.Value / (ulong)Page), (int)(length / Page));
}
