using System.Diagnostics;
using Vfio.Core;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>Measures a controller with several queues at a time.</summary>
internal sealed class PerfRun(Session session, NvmeNamespace space, PerfOptions options) : IDisposable
{
    private readonly List<PerfWorker> _workers = [];
    private readonly Stopwatch _clock = new();
    private DmaPool? _pool;

    /// <summary>How much of the time is over, from 0 to 1.</summary>
    public double Done => Math.Min(1, _clock.Elapsed / (options.Ramp + options.Time));

    /// <summary>Makes the queues and their memory.</summary>
    public void Prepare()
    {
        _pool = DmaPool.Create(session.Function.Device.Dma, options.TransferSize, options.Depth * options.Queues);
        for (int i = 0; i < options.Queues; i++)
        {
            IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Depth = options.Depth, Wait = options.Wait });
            _workers.Add(new PerfWorker(queue, space, _pool, options, i));
        }
    }

    /// <summary>Measures.</summary>
    public PerfReport Run(CancellationToken cancellationToken)
    {
        _clock.Start();
        TimeSpan cpu = TimeSpan.Zero;
        using var ready = new Barrier(options.Queues, _ => cpu = Environment.CpuUsage.TotalTime);
        Task[] tasks = [.. _workers.Select(worker => Task.Factory.StartNew(
            () =>
            {
                ready.SignalAndWait(CancellationToken.None);
                worker.Run(options.Ramp, options.Time, cancellationToken);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        long start = Stopwatch.GetTimestamp();
        Task.WhenAll(tasks).GetAwaiter().GetResult();
        double processors = (Environment.CpuUsage.TotalTime - cpu) / Stopwatch.GetElapsedTime(start);
        return PerfReport.From(session.Controller, space, options, _workers, processors);
    }

    public void Dispose()
    {
        _workers.ForEach(static worker => worker.Dispose());
        _pool?.Dispose();
    }
}
