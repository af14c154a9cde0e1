using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vfio.Core;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>Measures accesses to a device that is bound to vfio-pci.</summary>
internal sealed class MmioRunner(PciAddress address, MmioOptions options, IBenchProgress progress, CancellationToken cancellationToken)
{
    // Below this the clock itself is part of what one operation takes, so many are timed at once, for as long as this.
    private const double SingleNs = 1_000;
    private const double BatchNs = 20_000;
    private const double ShortestNs = 0.1;
    private const int MostInBatch = 1 << 16;

    private readonly Samples _samples = new(options.Samples);

    // As long as a measurement, for who wants a short one, but no longer than it takes the runtime to compile at its best.
    private readonly TimeSpan _warmUp = TimeSpan.FromSeconds(Math.Min(0.2, 4 * options.Time.TotalSeconds));

    /// <summary>Runs, until the end or the user's word.</summary>
    /// <exception cref="UsageException">The device has no such place.</exception>
    /// <exception cref="VfioException">The device cannot be opened, or has no BAR that can be mapped.</exception>
    public MmioReport Run(BenchRun run)
    {
        using VfioDevice device = VfioDevice.Open(address);

        // A mapped BAR that does not answer ends the process.
        device.Config.Command |= PciCommand.Memory;
        MmioTarget target = MmioTarget.Of(device, options);
        using MappedRegion mapped = target.Region.Map();
        List<MmioResult> results = [];
        IReadOnlyList<MmioOperation> operations = MmioOperations.Of(device, target, mapped, options.Write);
        progress.Expect(operations.Count);
        foreach (MmioOperation operation in operations)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            progress.Begin($"{device.Name}, BAR {target.Bar}, offset 0x{target.Offset:x}", $"{operation.Access} {operation.Name}");
            results.Add(operation.Run is null ? MmioResult.Of(operation) : Measure(operation, operation.Run));
            progress.Advance(1);
        }

        return new MmioReport
        {
            Run = run,
            Interrupted = cancellationToken.IsCancellationRequested,
            Bar = target.Bar,
            Offset = target.Offset,
            Operations = results,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private MmioResult Measure(MmioOperation operation, Action<int> run)
    {
        int batch = Calibrate(run);
        _samples.Clear();
        _samples.Batch = batch;
        long deadline = Stopwatch.GetTimestamp() + (long)(options.Time.TotalSeconds * Stopwatch.Frequency);
        long end;
        do
        {
            long start = Stopwatch.GetTimestamp();
            run(batch);
            end = Stopwatch.GetTimestamp();
            _samples.Add(end - start);
        }
        while (!_samples.IsFull && end < deadline && !cancellationToken.IsCancellationRequested);

        int count = _samples.Count;
        LatencySummary latency = LatencySummary.Of(_samples);
        return MmioResult.Of(operation) with
        {
            Samples = count,
            Batch = batch,
            Latency = latency,
            GibPerSecond = latency.MedianNs > 0 ? Math.Round(operation.Bytes / latency.MedianNs * 1e9 / (1L << 30), 6) : null,
        };
    }

    /// <summary>Lets the runtime compile what is measured, and finds out how many operations to time at once.</summary>
    private int Calibrate(Action<int> run)
    {
        long begin = Stopwatch.GetTimestamp();
        int batch = 1;
        double fastest = double.MaxValue;
        do
        {
            long start = Stopwatch.GetTimestamp();
            run(batch);
            long end = Stopwatch.GetTimestamp();

            // The fastest: a round that was interrupted, or timed the clock as well, tells nothing of the operation.
            fastest = Math.Min(fastest, (end - start) * 1e9 / Stopwatch.Frequency / batch);
            batch = fastest >= SingleNs ? 1 : (int)Math.Min(BatchNs / Math.Max(fastest, ShortestNs), MostInBatch);
        }
        while (Stopwatch.GetElapsedTime(begin) < _warmUp && !cancellationToken.IsCancellationRequested);

        return batch;
    }
}
