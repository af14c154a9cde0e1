using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>
/// Slots of mappings that were undone and whose addresses have not been given back yet: the next mapping of the same length takes one as it
/// is, and the allocator of addresses is not troubled by either. What the kernel's <c>iova_rcache</c> is to its drivers.
/// </summary>
/// <remarks>Not thread-safe. Slots of one length are a stack; lengths that come to the same place take turns.</remarks>
internal sealed class SpareSlots
{
    private const int Places = 64;
    private const int PlaceShift = 12;

    private readonly Stack[] _stacks = new Stack[Places];
    private int[] _below = [];

    /// <summary>The slot that was put aside last for a length, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Peek(ulong length)
    {
        ref Stack stack = ref _stacks[PlaceOf(length)];
        return stack.Length == length ? stack.Top - 1 : -1;
    }

    /// <summary>Takes what <see cref="Peek"/> saw.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pop(ulong length)
    {
        ref Stack stack = ref _stacks[PlaceOf(length)];
        stack.Top = _below[stack.Top - 1];
    }

    /// <summary>Whether slots of this length can be put aside; otherwise those of another have to go first (<see cref="Evict"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasPlaceFor(ulong length)
    {
        ref Stack stack = ref _stacks[PlaceOf(length)];
        return stack.Length == length || stack.Top == 0;
    }

    /// <summary>Puts a slot aside. There is place for its length.</summary>
    public void Push(ulong length, int slot)
    {
        if (slot >= _below.Length)
        {
            Array.Resize(ref _below, Math.Max(Places, (slot + 1) * 2));
        }

        ref Stack stack = ref _stacks[PlaceOf(length)];
        stack.Length = length;
        _below[slot] = stack.Top;
        stack.Top = slot + 1;
    }

    /// <summary>Takes one of the slots out that are in the way of a length, or -1 when none is.</summary>
    public int Evict(ulong length) => Take(PlaceOf(length));

    /// <summary>Takes any slot out, or -1 when there is none.</summary>
    public int TakeAny()
    {
        for (int place = 0; place < Places; place++)
        {
            int slot = Take(place);
            if (slot >= 0)
            {
                return slot;
            }
        }

        return -1;
    }

    private static int PlaceOf(ulong length) => (int)(length >> PlaceShift) & (Places - 1);

    private int Take(int place)
    {
        ref Stack stack = ref _stacks[place];
        int slot = stack.Top - 1;
        if (slot >= 0)
        {
            stack.Top = _below[slot];
        }

        return slot;
    }

    // The top is a slot and one, so that zero is none.
    private struct Stack
    {
        public ulong Length;
        public int Top;
    }
}
