using System.Globalization;
using Vfio.Core;

namespace Vfio.Nvme.Tool.Verify;

/// <summary>One queue's part in a verification. Used by one thread at a time.</summary>
internal sealed class VerifyWorker : IDisposable
{
    private const int MostProblems = 10;

    private readonly IoQueuePair _queue;
    private readonly NvmeNamespace _namespace;
    private readonly DmaPool _pool;
    private readonly Pattern _pattern;
    private readonly DmaBlock[] _data;
    private readonly ulong[] _blocks;
    private readonly uint[] _counts;
    private readonly List<string> _problems = [];
    private long _done;

    public VerifyWorker(IoQueuePair queue, NvmeNamespace space, DmaPool pool, ulong seed)
    {
        _queue = queue;
        _namespace = space;
        _pool = pool;
        _pattern = new Pattern(seed);
        _data = new DmaBlock[queue.Depth];
        _blocks = new ulong[queue.Depth];
        _counts = new uint[queue.Depth];
    }

    /// <summary>What was found, the first of it.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>How many blocks went through, written and read.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Writes the pattern into blocks, and flushes, unless a write failed.</summary>
    public void Write(ulong block, ulong end, CancellationToken cancellationToken)
    {
        Move(block, end, write: true, cancellationToken);
        if (_problems.Count == 0)
        {
            Flush();
        }
    }

    /// <summary>Reads blocks and looks at every byte.</summary>
    public void Check(ulong block, ulong end, CancellationToken cancellationToken) => Move(block, end, write: false, cancellationToken);

    public void Dispose() => _queue.Dispose();

    private void Move(ulong block, ulong end, bool write, CancellationToken cancellationToken)
    {
        uint most = (uint)(_pool.BlockLength / _namespace.BlockSize);
        var handler = new Handler(this, write);
        while (block < end && _problems.Count < MostProblems && !cancellationToken.IsCancellationRequested)
        {
            uint count = (uint)Math.Min(most, end - block);
            if (_queue.InFlight == _queue.Depth || !_pool.TryRent(out DmaBlock data))
            {
                _queue.WaitAny(ref handler);
                continue;
            }

            if (!TrySubmit(block, count, data, write))
            {
                data.Dispose();
                _queue.WaitAny(ref handler);
                continue;
            }

            block += count;
        }

        Drain(write);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Flush()
    {
        var handler = new Handler(this, write: true);
        ushort command;
        while (!_queue.TryFlush(_namespace, out command))
        {
            // The controller was reset after the last write: this makes the queue anew.
            _queue.WaitAny(ref handler);
        }

        _counts[command] = 0;
        Drain(write: true);
    }

    private bool TrySubmit(ulong block, uint count, DmaBlock data, bool write)
    {
        Span<byte> memory = data.AsSpan()[..((int)count * _namespace.BlockSize)];
        if (write)
        {
            _pattern.Fill(block * (ulong)_namespace.BlockSize, memory);
        }
        else
        {
            // What a read leaves out must not look right because it was right before.
            memory.Fill(0xee);
        }

        bool done = write
            ? _queue.TryWrite(_namespace, block, count, data.Iova, out ushort command)
            : _queue.TryRead(_namespace, block, count, data.Iova, out command);
        if (done)
        {
            (_data[command], _blocks[command], _counts[command]) = (data, block, count);
        }

        return done;
    }

    private void Drain(bool write)
    {
        var handler = new Handler(this, write);
        while (_queue.InFlight > 0)
        {
            _queue.WaitAny(ref handler);
        }
    }

    private void Complete(in NvmeCompletion completion, bool write)
    {
        ushort command = completion.CommandId;
        if (_counts[command] == 0)
        {
            if (!completion.IsSuccess)
            {
                Note($"the flush ended with {completion.Status}");
            }

            return;
        }

        DmaBlock data = _data[command];
        if (!completion.IsSuccess)
        {
            Note($"{_counts[command]} blocks from {_blocks[command]} on: {(write ? "Write" : "Read")} ended with {completion.Status}");
        }
        else if (!write)
        {
            Compare(_blocks[command] * (ulong)_namespace.BlockSize, data.AsSpan()[..((int)_counts[command] * _namespace.BlockSize)]);
        }

        Volatile.Write(ref _done, _done + _counts[command]);
        data.Dispose();
    }

    private void Compare(ulong offset, ReadOnlySpan<byte> memory)
    {
        int at = _pattern.FindDifference(offset, memory);
        if (at >= 0)
        {
            ulong place = offset + (ulong)at;
            Note($"byte {place % (ulong)_namespace.BlockSize} of block {place / (ulong)_namespace.BlockSize} is 0x{memory[at]:x2}, which was not written there");
        }
    }

    private void Note(FormattableString problem)
    {
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem.ToString(CultureInfo.InvariantCulture));
        }
    }

    private readonly struct Handler(VerifyWorker worker, bool write) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion) => worker.Complete(completion, write);
    }
}
