using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Faults;

/// <summary>Resets while threads work, against the model: what was reported as done is there.</summary>
public sealed class ResetLoadTests
{
    private const int Depth = 8;

    [Theory]
    [InlineData(WaitMode.Poll, false)]
    [InlineData(WaitMode.Interrupt, true)]
    [InlineData(WaitMode.Hybrid, false)]
    public void Resets_under_load_lose_no_completed_write(WaitMode wait, bool shadows)
    {
        var model = new ModelController { HasShadows = shadows };

        // Time that passes with every look of the driver's would be up while the model's thread does not run.
        NvmeControllerOptions options = model.Options with { AdminTimeout = TimeSpan.FromDays(1), CommandTimeout = TimeSpan.FromDays(1) };
        using NvmeController controller = NvmeController.Open(model, options);
        using NvmeMemory data = model.Allocate(2 * Depth * 4096);
        model.Start();
        using var stop = new CancellationTokenSource();
        Writer[] writers = [new Writer(controller, wait, data, 0), new Writer(controller, wait, data, 1)];
        Thread[] threads = [.. writers.Select(writer => new Thread(() => writer.Run(stop.Token)))];
        Array.ForEach(threads, static thread => thread.Start());

        for (int i = 0; i < 100; i++)
        {
            long before = writers[0].Done;
            controller.Reset();
            while (writers[0].Done == before && threads[0].IsAlive)
            {
                Thread.Yield();
            }
        }

        stop.Cancel();
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(101, model.Enables);
        foreach (Writer writer in writers)
        {
            Assert.Null(writer.Error);
            writer.Check(model.Namespaces[0]);
            writer.Dispose();
        }

        Assert.Empty(model.Bus.Faults);
    }

    /// <summary>Writes a counter into its own blocks, one command for each at a time.</summary>
    private sealed class Writer(NvmeController controller, WaitMode wait, NvmeMemory data, int number) : IDisposable
    {
        private readonly IoQueuePair _queue = controller.CreateQueue(new IoQueuePairOptions { Depth = Depth, Wait = wait });
        private readonly byte[] _newest = new byte[Depth];
        private readonly byte[] _completed = new byte[Depth];
        private readonly int[] _blockOf = new int[Depth];
        private long _done;

        public long Done => Volatile.Read(ref _done);

        public Exception? Error { get; private set; }

        public void Run(CancellationToken cancellationToken)
        {
            try
            {
                var handler = new Handler(this);
                while (!cancellationToken.IsCancellationRequested)
                {
                    for (int i = 0; i < Depth && TryWrite(i); i++)
                    {
                    }

                    while (_queue.InFlight > 0)
                    {
                        _queue.WaitAny(ref handler);
                    }

                    _queue.Reap(ref handler);
                }
            }
            catch (Exception error) when (error is NvmeException or InvalidOperationException)
            {
                Error = error;
            }
        }

        public void Check(ModelNamespace blocks)
        {
            for (int i = 0; i < Depth; i++)
            {
                Span<byte> block = blocks.At((ulong)((number * Depth) + i), 1);
                Assert.False(block.ContainsAnyExcept(block[0]));
                byte behind = unchecked((byte)(_newest[i] - block[0]));
                Assert.InRange(behind, 0, unchecked((byte)(_newest[i] - _completed[i])));
            }
        }

        public void Dispose() => _queue.Dispose();

        private bool TryWrite(int i)
        {
            long offset = ((number * Depth) + i) * 4096L;
            byte next = unchecked((byte)(_newest[i] + 1));
            data.AsSpan(offset, 4096).Fill(next);
            if (!_queue.TryWrite(controller.Namespaces[0], (ulong)((number * Depth) + i), 1, data.Iova + offset, out ushort command))
            {
                return false;
            }

            _newest[i] = next;
            _blockOf[command] = i;
            return true;
        }

        private void Complete(in NvmeCompletion completion)
        {
            int block = _blockOf[completion.CommandId];
            if (completion.IsSuccess)
            {
                _completed[block] = _newest[block];
            }
            else if (!completion.Status.Is(NvmeStatus.AbortedByHost))
            {
                throw new InvalidOperationException(completion.Status.ToString());
            }

            Volatile.Write(ref _done, _done + 1);
        }

        private readonly struct Handler(Writer writer) : INvmeCompletionHandler
        {
            public void Complete(in NvmeCompletion completion) => writer.Complete(completion);
        }
    }
}
