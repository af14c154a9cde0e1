using Vfio.Core;

namespace Vfio.Device.Tests.Soak;

/// <summary>A pool that all threads share, and what is known of it: who has which block, and how many are out.</summary>
internal sealed class SoakPool(DmaPool pool) : IDisposable
{
    private readonly int[] _owners = new int[pool.BlockCount];
    private long _out;
    private long _backs;

    public DmaPool Pool => pool;

    public void Dispose() => pool.Dispose();

    /// <summary>Rents a block; where that is refused, makes sure that all were out at some moment.</summary>
    public bool TryRent(int thread, out DmaBlock block)
    {
        // Counted from before the call until after the return, so there are never more out than this.
        Interlocked.Increment(ref _out);
        long backs = Volatile.Read(ref _backs);
        if (!pool.TryRent(out block))
        {
            long atMost = Volatile.Read(ref _out) - 1;
            atMost += Volatile.Read(ref _backs) - backs;
            CountBack();
            return atMost >= pool.BlockCount
                ? false
                : throw new DivergenceException($"The pool said that its {pool.BlockCount} blocks were rented, and at most {atMost} were.");
        }

        int other = Interlocked.CompareExchange(ref _owners[block.Index], thread + 1, 0);
        return other == 0
            ? true
            : throw new DivergenceException($"Block {block.Index} was rented to thread {thread}, and is thread {other - 1}'s.");
    }

    public void Return(int thread, DmaBlock block)
    {
        if (Interlocked.CompareExchange(ref _owners[block.Index], 0, thread + 1) != thread + 1)
        {
            throw new DivergenceException($"Block {block.Index} is not thread {thread}'s any more.");
        }

        block.Dispose();
        CountBack();
    }

    private void CountBack()
    {
        // In this order: whoever sees one less out also sees one more back.
        Interlocked.Increment(ref _backs);
        Interlocked.Decrement(ref _out);
    }
}
