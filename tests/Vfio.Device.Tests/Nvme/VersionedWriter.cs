using System.Buffers.Binary;
using Vfio.Core;
using Vfio.Nvme;

namespace Vfio.Device.Tests.Nvme;

/// <summary>Writes blocks again and again, each time with a higher version all over the block, and knows which versions were completed.</summary>
internal sealed class VersionedWriter : IDisposable
{
    private const int BlockSize = 4096;

    private readonly IoQueuePair _queue;
    private readonly NvmeNamespace _namespace;
    private readonly DmaPool _pool;
    private readonly DmaBlock[] _data;
    private readonly ulong _first;
    private readonly Random _random;
    private readonly ulong[] _completed;
    private readonly ulong[] _newest;
    private readonly int[] _target;
    private readonly bool[] _busy;

    public VersionedWriter(NvmeDrive drive, WaitMode wait, ulong first, int count, int seed)
    {
        _queue = drive.Controller.CreateQueue(new IoQueuePairOptions { Depth = 16, Wait = wait });
        _namespace = drive.Namespace;
        _pool = DmaPool.Create(drive.Device.Dma, BlockSize, _queue.Depth);
        _data = new DmaBlock[_queue.Depth];
        _first = first;
        _random = new Random(seed);
        _completed = new ulong[count];
        _newest = new ulong[count];
        _busy = new bool[count];
        _target = new int[_queue.Depth];

        // What an earlier test left there has no version.
        using var io = new BlockIo(_queue, _namespace);
        io.WriteZeroes(first, (ulong)count);
    }

    /// <summary>How many writes were completed.</summary>
    public long Writes { get; private set; }

    /// <summary>How many a reset ended.</summary>
    public long Aborted { get; private set; }

    /// <summary>What should not have happened.</summary>
    public List<string> Problems { get; } = [];

    public void Run(CancellationToken cancellationToken)
    {
        var handler = new Handler(this);
        while (!cancellationToken.IsCancellationRequested && Problems.Count == 0)
        {
            while (_queue.InFlight < _queue.Depth && TryWrite())
            {
                // Until the queue is full, or was reset.
            }

            _queue.WaitAny(ref handler);
        }

        while (_queue.InFlight > 0)
        {
            _queue.WaitAny(ref handler);
        }
    }

    /// <summary>Reads all blocks: each has one version, which was written, and is no older than the last that was completed.</summary>
    public void Check()
    {
        using var io = new BlockIo(_queue, _namespace);
        byte[] data = new byte[_completed.Length * BlockSize];
        io.Read(_first, data);
        for (int i = 0; i < _completed.Length; i++)
        {
            Span<byte> block = data.AsSpan(i * BlockSize, BlockSize);
            ulong version = BinaryPrimitives.ReadUInt64LittleEndian(block);
            for (int at = 8; at < BlockSize; at += 8)
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(block[at..]) != version)
                {
                    Problems.Add($"block {i} is torn");
                    break;
                }
            }

            if (_newest[i] != 0 && (version < _completed[i] || version > _newest[i]))
            {
                Problems.Add($"block {i} has version {version}, and {_completed[i]} was completed, {_newest[i]} the newest");
            }
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _pool.Dispose();
    }

    private bool TryWrite()
    {
        int block = _random.Next(_completed.Length);
        if (_busy[block])
        {
            // Two writes of a block at a time may end either way.
            return true;
        }

        DmaBlock data = _pool.Rent();
        ulong version = _newest[block] + 1;
        for (int at = 0; at < BlockSize; at += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan()[at..], version);
        }

        if (!_queue.TryWrite(_namespace, _first + (ulong)block, 1, data.Iova, out ushort command))
        {
            data.Dispose();
            return false;
        }

        _newest[block] = version;
        _busy[block] = true;
        _data[command] = data;
        _target[command] = block;
        return true;
    }

    private void Complete(in NvmeCompletion completion)
    {
        int block = _target[completion.CommandId];
        _data[completion.CommandId].Dispose();
        _busy[block] = false;
        if (completion.IsSuccess)
        {
            _completed[block] = _newest[block];
            Writes++;
        }
        else if (completion.Status.Is(NvmeStatus.AbortedByHost))
        {
            Aborted++;
        }
        else
        {
            Problems.Add(completion.Status.ToString());
        }
    }

    private readonly struct Handler(VersionedWriter writer) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion) => writer.Complete(completion);
    }
}
