using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Nvme;

namespace Vfio.Device.Tests.Nvme;

/// <summary>Writes runs of blocks again and again, each time with a higher version all over them, and knows which versions were completed.</summary>
internal sealed class VersionedWriter : IDisposable
{
    private const int BlockSize = 4096;
    private const int Run = 16; // blocks, which a command writes

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

    public VersionedWriter(NvmeDrive drive, WaitMode wait, ulong first, int runs, int seed)
    {
        _queue = drive.Controller.CreateQueue(new IoQueuePairOptions { Depth = 16, Wait = wait });
        _namespace = drive.Namespace;
        _pool = DmaPool.Create(drive.Device.Dma, Run * BlockSize, _queue.Depth);
        _data = new DmaBlock[_queue.Depth];
        _first = first;
        _random = new Random(seed);
        _completed = new ulong[runs];
        _newest = new ulong[runs];
        _busy = new bool[runs];
        _target = new int[_queue.Depth];

        // What an earlier test left there has no version.
        using var io = new BlockIo(_queue, _namespace);
        io.WriteZeroes(first, (ulong)(runs * Run));
    }

    /// <summary>How many writes were completed.</summary>
    public long Writes { get; private set; }

    /// <summary>How many a reset ended.</summary>
    public long Aborted { get; private set; }

    /// <summary>What should not have happened.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>
    /// Writes in rounds. In each, <paramref name="resets"/> is met twice: when the controller was told of the commands, and when all have ended.
    /// </summary>
    public void Write(int rounds, Barrier resets, CancellationToken cancellationToken)
    {
        var handler = new Handler(this);
        for (int round = 0; round < rounds; round++)
        {
            while (!TryFill())
            {
                // One that was reset takes nothing before it has been waited for.
                _queue.WaitAny(ref handler);
            }

            _queue.Ring();
            resets.SignalAndWait(cancellationToken);
            while (_queue.InFlight > 0)
            {
                _queue.WaitAny(ref handler);
            }

            resets.SignalAndWait(cancellationToken);
        }
    }

    /// <summary>Reads all blocks: each has one version, which was written, and is no older than the last that was completed.</summary>
    public void Check()
    {
        using var io = new BlockIo(_queue, _namespace);
        byte[] data = new byte[_completed.Length * Run * BlockSize];
        io.Read(_first, data);
        for (int block = 0; block < _completed.Length * Run; block++)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data.AsSpan(block * BlockSize, BlockSize));
            ulong version = words[0];
            if (words.ContainsAnyExcept(version))
            {
                Problems.Add($"block {block} is torn");
            }

            int run = block / Run;
            if (version < _completed[run] || version > _newest[run])
            {
                Problems.Add($"block {block} has version {version}, and {_completed[run]} was completed, {_newest[run]} the newest");
            }
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        _pool.Dispose();
    }

    private bool TryFill()
    {
        while (_queue.InFlight < _queue.Depth)
        {
            // Two writes of a block at a time may end either way.
            int run = _random.Next(_completed.Length);
            if (!_busy[run] && !TryWrite(run))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWrite(int run)
    {
        DmaBlock data = _pool.Rent();
        ulong version = _newest[run] + 1;
        MemoryMarshal.Cast<byte, ulong>(data.AsSpan()).Fill(version);
        if (!_queue.TryWrite(_namespace, _first + (ulong)(run * Run), Run, data.Iova, out ushort command))
        {
            data.Dispose();
            return false;
        }

        _newest[run] = version;
        _busy[run] = true;
        _data[command] = data;
        _target[command] = run;
        return true;
    }

    private void Complete(in NvmeCompletion completion)
    {
        int run = _target[completion.CommandId];
        _data[completion.CommandId].Dispose();
        _busy[run] = false;
        if (completion.IsSuccess)
        {
            _completed[run] = _newest[run];
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
