using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>
/// The address ranges in which a fault is a device that does not answer. The handler of the signal reads it at any moment, without a
/// lock; nothing of it is ever freed.
/// </summary>
/// <remarks>
/// A chunk is a page: 64 bytes with the address of the next chunk, and 63 ranges of 64 bytes, which are start, end, epoch and
/// count of handlers at work (<see cref="FaultRange"/>). A free range has an end of zero.
/// </remarks>
internal static unsafe class FaultTable
{
    private const int ChunkSize = 4096;
    private const int RangeSize = 64;

    private static readonly Lock _gate = new();
    private static readonly Stack<nint> _free = [];
    private static nint _last;

    static FaultTable()
    {
        First = AddChunk();
    }

    /// <summary>The address of the first chunk.</summary>
    public static nint First { get; }

    /// <summary>Enters a range of addresses.</summary>
    public static FaultRange Add(nint start, long length)
    {
        lock (_gate)
        {
            if (_free.Count == 0)
            {
                nint chunk = AddChunk();
                Volatile.Write(ref *(nint*)_last, chunk);
                _last = chunk;
            }

            return new FaultRange((ulong*)_free.Pop(), start, length);
        }
    }

    /// <summary>Takes a range back that nobody accesses any more.</summary>
    public static void Remove(ulong* range)
    {
        lock (_gate)
        {
            _free.Push((nint)range);
        }
    }

    private static nint AddChunk()
    {
        byte* chunk = (byte*)NativeMemory.AlignedAlloc(ChunkSize, ChunkSize);
        NativeMemory.Clear(chunk, ChunkSize);
        for (int offset = ChunkSize - RangeSize; offset > 0; offset -= RangeSize)
        {
            _free.Push((nint)(chunk + offset));
        }

        if (_last == 0)
        {
            _last = (nint)chunk;
        }

        return (nint)chunk;
    }
}
