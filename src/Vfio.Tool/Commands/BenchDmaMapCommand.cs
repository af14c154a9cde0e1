using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Bench;
using Vfio.Tool.Bench.Plot;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Sweep;
using Vfio.Tool.Bench.Values;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio bench dma-map BDF</c>: how long mapping and unmapping take, over sizes, pages, back ends, threads and live mappings.</summary>
internal sealed class BenchDmaMapCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly OutputOptions _output = new();

    private readonly Option<long[]?> _sizes = ValueOption.CreateList(
        "--sizes", "SIZES", "The lengths of the mappings, with commas between: 4K,64K,2M.", BenchValues.MappingSize);

    private readonly Option<long?> _minSize = ValueOption.Create<long?>(
        "--min-size",
        "SIZE",
        "Without --sizes: the first length, which is doubled again and again. 4K unless given.",
        static text => BenchValues.MappingSize(text));

    private readonly Option<long?> _maxSize = ValueOption.Create<long?>(
        "--max-size", "SIZE", "Without --sizes: the last length. 1G unless given.", static text => BenchValues.MappingSize(text));

    private readonly Option<DmaPageSize[]?> _pages = ValueOption.CreateList(
        "--pages", "KINDS", $"What the memory is made of: {PageNames.Choices}. All that the host has unless given.", BenchValues.Pages);

    private readonly Option<VfioBackend[]?> _backends = ValueOption.CreateList(
        "--backends",
        "NAMES",
        $"The back ends: {string.Join(", ", BenchValues.Backends.Select(VfioBackendName.Of))}. All that open unless given.",
        BenchValues.Backend);

    private readonly Option<int[]?> _threads = ValueOption.CreateList(
        "--threads", "COUNTS", "How many threads map at the same time, each memory of its own. 1 unless given.", BenchValues.Threads);

    private readonly Option<int[]?> _live = ValueOption.CreateList(
        "--live", "COUNTS", "How many other mappings of one page are live meanwhile. 0 unless given.", BenchValues.Live);

    private readonly Option<TimeSpan?> _time = ValueOption.Create<TimeSpan?>(
        "--time",
        "SECONDS",
        "How long each point is measured; it has five samples in any case. 0.25 unless given.",
        static text => BenchValues.Time(text));

    private readonly Option<int?> _samples = ValueOption.Create<int?>(
        "--samples", "N", "How many samples each thread takes at most. 10000 unless given.", static text => BenchValues.Samples(text));

    public static Command Create()
    {
        var self = new BenchDmaMapCommand();
        var command = new Command("dma-map", "Measure mapping and unmapping of memory for DMA.")
        {
            self._device,
            self._sizes,
            self._minSize,
            self._maxSize,
            self._pages,
            self._backends,
            self._threads,
            self._live,
            self._time,
            self._samples,
        };
        self._output.AddTo(command);
        ValueOption.AddCheck(command, self.Check);
        command.SetAction(self.Run);
        return command;
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(_sizes) is not null)
        {
            if (result.GetResult(_minSize) is not null || result.GetResult(_maxSize) is not null)
            {
                result.AddError("--sizes names every size; leave --min-size and --max-size out.");
            }

            return;
        }

        if (result.GetValue(_minSize) is var low && result.GetValue(_maxSize) is var high
            && (low ?? SweepOptions.SmallestSize) > (high ?? SweepOptions.LargestSize))
        {
            result.AddError("--min-size is larger than --max-size.");
        }
    }

    private int Run(ParseResult parsed)
    {
        SweepOptions options = Options(parsed);
        BenchOutput output = _output.Of(parsed);
        PciAddress address = parsed.GetRequiredValue(_device);
        (SweepReport report, bool interrupted) = BenchSession.Run(
            address,
            (run, progress, cancellationToken) => new SweepRunner(address, options, progress, cancellationToken).Run(run));
        output.Write(
            () => JsonSerializer.Serialize(report, ToolJson.Default.SweepReport),
            () => SweepCsv.Of(report),
            () => SweepPlot.Of(report),
            () => SweepTable.Of(report));
        return interrupted ? ExitCode.Interrupted
            : report.Points.Any(static point => point.Map is not null) ? ExitCode.Done
            : ExitCode.Failed;
    }

    private SweepOptions Options(ParseResult parsed)
    {
        var options = new SweepOptions
        {
            Sizes = Given(parsed, _sizes)
                ?? Doublings(parsed.GetValue(_minSize) ?? SweepOptions.SmallestSize, parsed.GetValue(_maxSize) ?? SweepOptions.LargestSize),
            Pages = Given(parsed, _pages) ?? PageNames.All,
            Backends = Given(parsed, _backends)
                ?? BenchValues.Backends,
        };
        return options with
        {
            Threads = Given(parsed, _threads) ?? options.Threads,
            Live = Given(parsed, _live) ?? options.Live,
            Time = parsed.GetValue(_time) ?? options.Time,
            Samples = parsed.GetValue(_samples) ?? options.Samples,
        };
    }

    // A list that is not given comes as an empty one.
    private static T[]? Given<T>(ParseResult parsed, Option<T[]?> option) => parsed.GetValue(option) is { Length: > 0 } values ? values : null;

    private static long[] Doublings(long first, long last)
    {
        List<long> sizes = [];
        for (long size = first; size <= last; size *= 2)
        {
            sizes.Add(size);
            if (size > long.MaxValue / 2)
            {
                break;
            }
        }

        return [.. sizes];
    }
}
