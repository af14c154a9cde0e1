using System.Runtime.ExceptionServices;
using Vfio.Core;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>The threads of a point: they begin together, each with memory of its own.</summary>
internal sealed class SweepTeam
{
    /// <summary>Why a point has no samples that nothing was wrong with.</summary>
    public const string InterruptedReason = "interrupted";

    private readonly SweepWorker[] _workers;
    private ExceptionDispatchInfo? _failure;

    public SweepTeam(AddressSpace space, SweepMemory memory, SweepPoint point, int samples)
    {
        var options = new DmaMapOptions { Alignment = SweepMemory.AlignmentOf(point.Pages) };
        _workers = new SweepWorker[point.Threads];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new SweepWorker(space, memory.Address + (nint)(i * point.Size), point.Size, options, samples);
        }
    }

    /// <summary>Measures.</summary>
    /// <exception cref="VfioException">The kernel refused a mapping.</exception>
    public SweepResult Run(SweepPoint point, TimeSpan time, CancellationToken cancellationToken)
    {
        if (_workers.Length == 1)
        {
            _workers[0].Run(time, cancellationToken);
        }
        else
        {
            RunTogether(time, cancellationToken);
        }

        Samples[] map = [.. _workers.Select(static worker => worker.Map)];
        Samples[] unmap = [.. _workers.Select(static worker => worker.Unmap)];
        return map.All(static samples => samples.Count > 0)
            ? SweepResult.Measured(point, map, unmap)
            : SweepResult.Of(point with { Skipped = InterruptedReason });
    }

    private void RunTogether(TimeSpan time, CancellationToken cancellationToken)
    {
        using var start = new Barrier(_workers.Length);
        Thread[] threads = [.. _workers.Select((worker, i) => new Thread(() =>
        {
            start.SignalAndWait(CancellationToken.None);
            Guarded(worker, time, cancellationToken);
        })
        {
            Name = $"bench {i}",
            IsBackground = true,
        })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        _failure?.Throw();
    }

    private void Guarded(SweepWorker worker, TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            worker.Run(time, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown again where somebody waits for it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(error), null);
        }
    }
}
