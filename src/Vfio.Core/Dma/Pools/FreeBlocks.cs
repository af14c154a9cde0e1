using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>The numbers of free blocks, for many threads: a stack for each of several threads, and a look into the others' when it is empty.</summary>
/// <remarks>
/// Lock-free. A stack's head is the number on top and a count of changes, so that a number that has gone and come back is not taken for one
/// that never left.
/// </remarks>
internal sealed class FreeBlocks
{
    private const int ChangeShift = 32;

    [ThreadStatic]
    private static int _number;

    private static int _numbers;

    private readonly BlockNumbers _below;
    private readonly Head[] _heads;

    public FreeBlocks(int count)
    {
        // More stacks than processors, so that threads seldom share one by the chance of their numbers.
        int stacks = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount * 2, 64));
        _below = new BlockNumbers(count);
        _heads = new Head[stacks];
        for (int block = count - 1; block >= 0; block--)
        {
            // Neighbours to one stack: blocks of different threads then seldom share a cache line of anything.
            Push((int)((long)block * stacks / count), block);
        }
    }

    // Not the runtime's numbers of threads, which it gives out again: two that run together might have the same.
    private int Home
    {
        get
        {
            int number = _number;
            return (number != 0 ? number : Number()) & (_heads.Length - 1);
        }
    }

    /// <summary>Takes a block, or -1 where there was a moment at which none was free.</summary>
    public int Take()
    {
        int home = Home;
        int block = Pop(home);
        return block >= 0 ? block : TakeFromOthers(home);
    }

    /// <summary>Gives a block back.</summary>
    public void Give(int block) => Push(Home, block);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Number() => _number = Interlocked.Increment(ref _numbers);

    private int TakeFromOthers(int home)
    {
        long seen = -1;
        while (true)
        {
            long changes = 0;
            for (int i = 0; i < _heads.Length; i++)
            {
                int stack = (home + i) & (_heads.Length - 1);
                int block = Pop(stack, out long head);
                if (block >= 0)
                {
                    return block;
                }

                changes += head >> ChangeShift;
            }

            // Each was empty when it was looked at; that all were at once is known when none has changed in between.
            if (changes == seen)
            {
                return -1;
            }

            seen = changes;
        }
    }

    private int Pop(int stack) => Pop(stack, out _);

    private int Pop(int stack, out long head)
    {
        ref long top = ref _heads[stack].Top;
        head = Volatile.Read(ref top);
        while (true)
        {
            int block = unchecked((int)head) - 1;
            if (block < 0)
            {
                return -1;
            }

            long next = Changed(head, Volatile.Read(ref _below[block]));
            long found = Interlocked.CompareExchange(ref top, next, head);
            if (found == head)
            {
                return block;
            }

            head = found;
        }
    }

    private void Push(int stack, int block)
    {
        ref long top = ref _heads[stack].Top;
        long head = Volatile.Read(ref top);
        while (true)
        {
            Volatile.Write(ref _below[block], unchecked((int)head));
            long found = Interlocked.CompareExchange(ref top, Changed(head, block + 1), head);
            if (found == head)
            {
                return;
            }

            head = found;
        }
    }

    // The low half is the number of the block on top and one, or zero for none.
    private static long Changed(long head, int top)
        => unchecked((((head >> ChangeShift) + 1) << ChangeShift) | (uint)top);

    // A line of its own, and the one that processors fetch along with it; in the middle, so that the first is in no line with the array's
    // length, which all threads read, nor the last with what follows the array.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Head
    {
        [FieldOffset(56)]
        public long Top;
    }
}
