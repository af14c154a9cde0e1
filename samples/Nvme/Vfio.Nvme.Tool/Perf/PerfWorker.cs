using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>One queue, kept full by one thread.</summary>
internal sealed class PerfWorker : IDisposable
{
    private readonly IoQueuePair _queue;
    private readonly NvmeNamespace _namespace;
    private readonly DmaBlock[] _data;
    private readonly Iova[] _iovas;
    private readonly long[] _started;
    private readonly uint _blocks;
    private readonly bool _isWrite;
    private PerfPlaces _places;
    private bool _stopping;
    private long _now;

    public PerfWorker(IoQueuePair queue, NvmeNamespace space, DmaPool pool, PerfOptions options, int number)
    {
        _queue = queue;
        _namespace = space;
        _blocks = (uint)(options.TransferSize / space.BlockSize);
        _isWrite = options.Pattern.IsWrite;
        _places = new PerfPlaces(space.BlockCount / _blocks, _blocks, options.Pattern.IsRandom, (double)number / options.Queues);
        _started = new long[queue.Depth];
        _data = new DmaBlock[queue.Depth];
        _iovas = new Iova[queue.Depth];
        for (int i = 0; i < queue.Depth; i++)
        {
            _data[i] = pool.Rent();
            _iovas[i] = _data[i].Iova;
            _data[i].AsSpan().Fill((byte)(i + 1));
        }
    }

    /// <summary>The time of each command that ended while it was measured, in nanoseconds.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>How many commands ended badly.</summary>
    public long Errors { get; private set; }

    /// <summary>How long was measured.</summary>
    public TimeSpan Measured { get; private set; }

    /// <summary>What this thread allocated while it was measured, in bytes.</summary>
    public long Allocated { get; private set; }

    /// <summary>Runs until the time is over.</summary>
    public void Run(TimeSpan ramp, TimeSpan time, CancellationToken cancellationToken)
    {
        var handler = new Handler(this);
        long begin = Stopwatch.GetTimestamp();
        _now = begin;
        for (int i = 0; i < _queue.Depth; i++)
        {
            Submit((ushort)i);
        }

        Until(begin + Ticks(ramp), ref handler, cancellationToken);
        Latency.Clear();
        Errors = 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = _now;
        Until(start + Ticks(time), ref handler, cancellationToken);
        Allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Measured = Stopwatch.GetElapsedTime(start, _now);
        _stopping = true;
        while (_queue.InFlight > 0)
        {
            _queue.WaitAny(ref handler);
        }
    }

    public void Dispose()
    {
        _queue.Dispose();
        Array.ForEach(_data, static data => data.Dispose());
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private void Until(long end, ref Handler handler, CancellationToken cancellationToken)
    {
        while (_now < end && !cancellationToken.IsCancellationRequested)
        {
            // The clock is read once for all commands that ended together.
            _now = 0;
            _queue.WaitAny(ref handler);
        }
    }

    // What every command runs is inlined into the loop over the ends of commands, and what hardly any runs is kept out of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Submit(ushort slot)
    {
        ulong block = _places.Next();
        Iova data = _iovas[slot];
        bool done = _isWrite
            ? _queue.TryWrite(_namespace, block, _blocks, data, out ushort command)
            : _queue.TryRead(_namespace, block, _blocks, data, out command);

        // The identifier that was freed last is given out next.
        if (!done || command != slot)
        {
            ThrowReset();
        }

        _started[slot] = _now;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Complete(in NvmeCompletion completion)
    {
        if (_now == 0)
        {
            ReadClock();
        }

        ushort slot = completion.CommandId;
        if (!_stopping)
        {
            Latency.Record(_now - _started[slot]);
            if (!completion.IsSuccess)
            {
                Errors++;
            }

            Submit(slot);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReadClock() => _now = Stopwatch.GetTimestamp();

    [DoesNotReturn]
    private void ThrowReset()
        => throw new InvalidOperationException($"Queue {_queue.Id} of {_queue.Controller.Name} was reset; its commands did not all end.");

    private readonly struct Handler(PerfWorker worker) : INvmeCompletionHandler
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Complete(in NvmeCompletion completion) => worker.Complete(completion);
    }
}
