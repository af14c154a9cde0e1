namespace Vfio.Core;

/// <summary>
/// Addresses of a mapped region, and whether the device's pages lie there. When an access is not answered, the handler of the signal
/// puts zeros there and counts the epoch; every access compares the epoch before and after itself, and so learns that it was none.
/// </summary>
/// <remarks>
/// <para>The epoch is odd while pages may lie there that are not the device's, and never has the same value twice. An access takes it
/// before as if it were even, so that one comparison afterwards finds both: that it was odd, and that it has changed.</para>
/// <para>Of the order on several processors: the handler makes the epoch odd, then has every processor take note of that (membarrier),
/// and only then replaces the pages. An access that meets a replaced page therefore compares with an epoch that is odd or has changed.
/// Whoever puts the device's pages back makes it even only if nothing has happened since he began and no handler is at work.</para>
/// </remarks>
internal sealed unsafe class FaultRange
{
    private const int EndWord = 1;
    private const int EpochWord = 2;
    private const int PendingWord = 3;

    private readonly ulong* _words;
    private bool _detached;

    public FaultRange(ulong* words, nint start, long length)
    {
        _words = words;

        // What the words had before is passed over: an epoch goes on, and whoever was at work has ended with the last region.
        _ = Interlocked.Add(ref words[EpochWord], words[EpochWord] & 1);
        Volatile.Write(ref words[0], (ulong)start);
        Volatile.Write(ref words[EndWord], (ulong)start + (ulong)length);
    }

    /// <summary>Where the epoch stands: valid for as long as the process is.</summary>
    public ulong* Epoch => _words + EpochWord;

    /// <summary>The epoch as an access takes it before it is made.</summary>
    public static ulong Begin(ulong* epoch) => Volatile.Read(ref *epoch) & ~1UL;

    /// <summary>
    /// Puts the device's pages back where they were replaced. One caller at a time, and not after <see cref="Detach"/>.
    /// </summary>
    /// <param name="map">Maps them; it may be called more than once.</param>
    public void PutBack(Action map)
    {
        while (true)
        {
            ulong epoch = Volatile.Read(ref *Epoch);
            if (_detached || (epoch & 1) == 0)
            {
                return;
            }

            map();
            if (Volatile.Read(ref _words[PendingWord]) == 0
                && Interlocked.CompareExchange(ref *Epoch, epoch + 1, epoch) == epoch)
            {
                return;
            }

            _ = Thread.Yield();
        }
    }

    /// <summary>Makes every access from now on find that the pages are not the device's, for good. They may be replaced afterwards.</summary>
    public void Detach()
    {
        _detached = true;
        _ = Interlocked.Or(ref *Epoch, 1);
        Interlocked.MemoryBarrierProcessWide();
    }

    /// <summary>Takes the addresses out of the table, before they are given back. Nobody accesses them any more.</summary>
    public void Withdraw()
    {
        Volatile.Write(ref _words[EndWord], 0);
        Volatile.Write(ref _words[0], 0);
        FaultTable.Remove(_words);
    }
}
