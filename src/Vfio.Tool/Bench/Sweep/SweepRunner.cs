using Vfio.Core;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>Goes through a sweep on a device that is bound to vfio-pci.</summary>
internal sealed class SweepRunner(PciAddress address, SweepOptions options, IBenchProgress progress, CancellationToken cancellationToken)
{
    // The runtime compiles what is called often once more, and better, some time after its first calls.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(0.5);
    private const int WarmUpSamples = 1 << 16;

    private readonly List<SweepResult> _results = [];
    private readonly List<string> _leftOut = [];
    private readonly HashSet<VfioBackend> _measured = [];
    private VfioException? _refusal;

    /// <summary>Runs, until the end or the user's word.</summary>
    /// <exception cref="VfioException">No back end takes the device, or the kernel refused what no limit explains.</exception>
    public SweepReport Run(BenchRun run)
    {
        SweepOptions present = options with { Pages = PresentPages() };
        progress.Expect(present.PointCount);
        bool opened = false;
        foreach (VfioBackend backend in options.Backends)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            opened |= TryMeasure(backend, present);
        }

        return opened || _refusal is null
            ? new SweepReport { Run = run, Interrupted = cancellationToken.IsCancellationRequested, LeftOut = _leftOut, Points = _results }
            : throw _refusal;
    }

    private static bool IsLimit(VfioException error) => error.Kind
        is VfioErrorKind.MemoryLockLimit
        or VfioErrorKind.OutOfMemory
        or VfioErrorKind.MappingLimit
        or VfioErrorKind.IovaExhausted;

    /// <summary>Measures with one back end.</summary>
    /// <returns>Whether it takes the device.</returns>
    private bool TryMeasure(VfioBackend backend, SweepOptions present)
    {
        using VfioDevice? device = TryOpen(backend);
        if (device is null)
        {
            progress.Advance(present.PointsPerBackend);
            return false;
        }

        // A container can be iommufd's, which is then found twice.
        if (_measured.Add(device.Backend))
        {
            Measure(device, present);
        }
        else
        {
            LeaveOut(
                $"back end {VfioBackendName.Of(backend)}: this host has {VfioBackendName.Of(device.Backend)} in its place, "
                    + "which is measured already");
            progress.Advance(present.PointsPerBackend);
        }

        return true;
    }

    private VfioDevice? TryOpen(VfioBackend backend)
    {
        try
        {
            return VfioDevice.Open(address, new VfioDeviceOptions { Backend = backend });
        }
        catch (VfioException error)
        {
            _refusal ??= error;
            LeaveOut($"back end {VfioBackendName.Of(backend)}: {error.Message}");
            return null;
        }
    }

    private List<DmaPageSize> PresentPages()
    {
        HostMemory host = HostMemory.Read();
        List<DmaPageSize> present = [];
        foreach (DmaPageSize pages in options.Pages)
        {
            if (host.WhyMissing(pages) is { } reason)
            {
                LeaveOut($"{PageNames.Of(pages)} pages: {reason}");
            }
            else
            {
                present.Add(pages);
            }
        }

        return present;
    }

    private void Measure(VfioDevice device, SweepOptions present)
    {
        long? available = device.Dma.GetInfo().AvailableMappings;
        IReadOnlyList<SweepPoint> plan = SweepPlan.For(present, device.Backend, HostMemory.Read(), available);
        SweepPoint[] runnable = [.. plan.Where(static point => point.Skipped is null)];
        if (runnable.Length == 0)
        {
            Skip(plan);
            return;
        }

        using LiveMappings? live = TryPrepare(device.Dma, runnable.Max(static point => point.Live), out string reason);
        if (live is null)
        {
            Skip(plan.Select(point => point with { Skipped = point.Skipped ?? reason }));
            return;
        }

        foreach (IGrouping<DmaPageSize, SweepPoint> points in plan.GroupBy(static point => point.Pages))
        {
            MeasurePages(device.Dma, live, [.. points]);
        }
    }

    private void MeasurePages(AddressSpace space, LiveMappings live, SweepPoint[] points)
    {
        live.SetCount(0, CancellationToken.None);
        if (points.Where(static point => point.Skipped is null).MaxBy(static point => point.Memory) is not { } largest)
        {
            Skip(points);
            return;
        }

        progress.Begin(
            $"{VfioBackendName.Of(largest.Backend)}, {PageNames.Of(largest.Pages)} pages: {ByteSize.Format((long)largest.Memory)} of memory");
        using SweepMemory? memory = TryAllocate(space, largest, out string reason);
        if (memory is null)
        {
            Skip(points.Select(point => point with { Skipped = point.Skipped ?? reason }));
            return;
        }

        foreach (SweepPoint point in points)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            _results.Add(point.Skipped is null ? Measure(space, memory, live, point) : SweepResult.Of(point));
            progress.Advance(1);
        }
    }

    private static SweepMemory? TryAllocate(AddressSpace space, SweepPoint largest, out string reason)
    {
        try
        {
            reason = string.Empty;
            return SweepMemory.Allocate(space, (long)largest.Memory, largest.Pages);
        }
        catch (VfioException error) when (IsLimit(error))
        {
            reason = error.Message;
            return null;
        }
    }

    private SweepResult Measure(AddressSpace space, SweepMemory memory, LiveMappings live, SweepPoint point)
    {
        SweepResult skipped = SweepResult.Of(point);
        progress.Begin(skipped.Series, ByteSize.Format(point.Size));
        try
        {
            live.SetCount(point.Live, cancellationToken);
            return new SweepTeam(space, memory, point, options.Samples).Run(point, options.Time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return skipped with { Skipped = SweepTeam.InterruptedReason };
        }
        catch (VfioException error) when (IsLimit(error))
        {
            return skipped with { Skipped = error.Message };
        }
    }

    private LiveMappings? TryPrepare(AddressSpace space, int capacity, out string reason)
    {
        progress.Begin("warming up");
        LiveMappings? prepared = null;
        try
        {
            prepared = new LiveMappings(space, capacity);
            new SweepWorker(space, prepared.Page, SweepPoint.LiveLength, new DmaMapOptions(), WarmUpSamples).Run(_warmUp, cancellationToken);
            reason = string.Empty;
            LiveMappings live = prepared;
            prepared = null;
            return live;
        }
        catch (VfioException error) when (IsLimit(error))
        {
            reason = error.Message;
            return null;
        }
        finally
        {
            prepared?.Dispose();
        }
    }

    private void Skip(IEnumerable<SweepPoint> points)
    {
        foreach (SweepPoint point in points)
        {
            _results.Add(SweepResult.Of(point));
            progress.Advance(1);
        }
    }

    private void LeaveOut(string what)
    {
        _leftOut.Add(what);
        progress.Note($"left out: {what}");
    }
}
