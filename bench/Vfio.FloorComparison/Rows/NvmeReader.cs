using Vfio.Core;
using Vfio.Nvme;

namespace Vfio.FloorComparison;

/// <summary>Keeps a number of reads under way in a queue, at random places of a namespace.</summary>
internal sealed class NvmeReader(IoQueuePair queue, NvmeNamespace space, Iova data, int transfer)
{
    private readonly uint _blocks = (uint)(transfer / space.BlockSize);
    private readonly ulong _places = space.BlockCount * (ulong)space.BlockSize / (ulong)transfer;

    // Of each command, the page that it reads into.
    private readonly ushort[] _pages = new ushort[queue.Depth];

    // xorshift64, which the floor uses too.
    private ulong _random = 0x9e37_79b9_7f4a_7c15;
    private int _left;
    private int _done;

    /// <summary>Reads.</summary>
    /// <param name="count">How many times.</param>
    /// <param name="depth">How many at a time.</param>
    public void Read(int count, int depth)
    {
        var handler = new Handler(this);
        _left = count;
        _done = 0;
        for (int i = 0; i < depth && _left > 0; i++)
        {
            Submit((ushort)i);
        }

        while (_done < count)
        {
            queue.WaitAny(ref handler);
        }
    }

    private void Submit(ushort page)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        ulong block = _random % _places * _blocks;

        if (!queue.TryRead(space, block, _blocks, data + ((long)page * transfer), out ushort command))
        {
            throw new InvalidOperationException("The queue is full, or its controller was reset.");
        }

        _pages[command] = page;
        _left--;
    }

    private void Complete(in NvmeCompletion completion)
    {
        if (!completion.IsSuccess)
        {
            throw new InvalidOperationException($"A read ended with {completion.Status}.");
        }

        _done++;
        if (_left > 0)
        {
            Submit(_pages[completion.CommandId]);
        }
    }

    private readonly struct Handler(NvmeReader reader) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion) => reader.Complete(completion);
    }
}
