using Vfio.Core;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Verify;

/// <summary>Writes a pattern over blocks with several queues, and reads all of it back, each part by another queue than wrote it.</summary>
internal sealed class VerifyRun(Session session, NvmeNamespace space, VerifyOptions options) : IDisposable
{
    private readonly List<VerifyWorker> _workers = [];
    private DmaPool? _pool;

    /// <summary>How much is done, from 0 to 1.</summary>
    public double Done
        => _workers.Sum(static worker => (double)worker.Done) / Math.Max(1, options.Count * (options.Write ? 2.0 : 1.0));

    /// <summary>Makes the queues and their memory.</summary>
    public void Prepare()
    {
        _pool = DmaPool.Create(session.Function.Device.Dma, options.TransferSize, options.Depth * options.Queues, new DmaPoolOptions { Poison = false });
        for (int i = 0; i < options.Queues; i++)
        {
            IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Depth = options.Depth, Wait = options.Wait });
            _workers.Add(new VerifyWorker(queue, space, _pool, options.Seed));
        }
    }

    /// <summary>Does it.</summary>
    /// <exception cref="OperationCanceledException">The user wants no more.</exception>
    public VerifyReport Run(CancellationToken cancellationToken)
    {
        if (options.Write)
        {
            ForEach((worker, part) => worker.Write(Start(part), Start(part + 1), cancellationToken));
        }

        if (_workers.TrueForAll(static worker => worker.Problems.Count == 0))
        {
            ForEach((worker, part) =>
            {
                int other = (part + 1) % _workers.Count;
                worker.Check(Start(other), Start(other + 1), cancellationToken);
            });
        }

        string[] problems = [.. _workers.SelectMany(static worker => worker.Problems)];
        return new VerifyReport(
            session.Controller.Name,
            space.Id,
            options.Block,
            options.Count,
            space.BlockSize,
            options.Count * (ulong)space.BlockSize,
            WaitNames.Of(options.Wait),
            options.Queues,
            options.Depth,
            options.Seed,
            options.Write,
            problems.Length == 0,
            problems);
    }

    public void Dispose()
    {
        _workers.ForEach(static worker => worker.Dispose());
        _pool?.Dispose();
    }

    private ulong Start(int part) => options.Block + (ulong)((UInt128)options.Count * (uint)part / (uint)_workers.Count);

    // A thread for each queue, because the queue is its thread's.
    private void ForEach(Action<VerifyWorker, int> work)
    {
        Task[] tasks = [.. _workers.Select((worker, part) => Task.Factory.StartNew(
            () => work(worker, part), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WhenAll(tasks).GetAwaiter().GetResult();
    }
}
