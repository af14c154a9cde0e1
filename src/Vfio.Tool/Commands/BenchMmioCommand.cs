using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Bench;
using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Plot;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Values;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio bench mmio BDF</c>: how long accesses to registers, device memory and configuration space take.</summary>
internal sealed class BenchMmioCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly OutputOptions _output = new();

    private readonly Option<int?> _bar = ValueOption.Create<int?>(
        "--bar", "N", "The BAR. The first that can be mapped unless given.", static text => BenchValues.Bar(text));

    private readonly Option<long> _offset = ValueOption.Create(
        "--offset", "N", "The place in the BAR, in bytes, which is read many times. 0 unless given.", BenchValues.Offset);

    private readonly Option<long?> _copy = ValueOption.Create<long?>(
        "--copy",
        "SIZE",
        "How many bytes from the offset on are copied at once, 0 for no copies. 64K unless given where the BAR is prefetchable, else none: reading "
            + "all of it may have effects on the device.",
        static text => BenchValues.Size(text));

    private readonly Option<bool> _write = new("--write")
    {
        Description = "Measure writes too. They overwrite the register or the memory, with what was read there before: memory keeps its contents, "
            + "but whatever a register does when it is written, it does thousands of times.",
    };

    private readonly Option<TimeSpan?> _time = ValueOption.Create<TimeSpan?>(
        "--time", "SECONDS", "How long each operation is measured. 0.25 unless given.", static text => BenchValues.Time(text));

    private readonly Option<int?> _samples = ValueOption.Create<int?>(
        "--samples", "N", "How many samples there are at most. 10000 unless given.", static text => BenchValues.Samples(text));

    public static Command Create()
    {
        var self = new BenchMmioCommand();
        var command = new Command("mmio", "Measure reads of a register, mapped and by calls, copies, and reads of the configuration space.")
        {
            self._device,
            self._bar,
            self._offset,
            self._copy,
            self._write,
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
        if (result.GetValue(_copy) is { } copy && (copy % sizeof(ulong) != 0 || copy > MmioOptions.LongestCopy))
        {
            result.AddError($"--copy: a copy is a multiple of 8 bytes, and {ByteSize.Format(MmioOptions.LongestCopy)} at most.");
        }

        if (result.GetValue(_copy) > 0 && result.GetValue(_offset) % sizeof(ulong) != 0)
        {
            result.AddError("--copy: a copy begins at a multiple of 8 bytes, which --offset is not.");
        }
    }

    private int Run(ParseResult parsed)
    {
        var options = new MmioOptions
        {
            Bar = parsed.GetValue(_bar),
            Offset = parsed.GetValue(_offset),
            Copy = parsed.GetValue(_copy),
            Write = parsed.GetValue(_write),
        };
        options = options with { Time = parsed.GetValue(_time) ?? options.Time, Samples = parsed.GetValue(_samples) ?? options.Samples };
        BenchOutput output = _output.Of(parsed);
        PciAddress address = parsed.GetRequiredValue(_device);
        (MmioReport report, bool interrupted) = BenchSession.Run(
            address,
            (run, progress, cancellationToken) => new MmioRunner(address, options, progress, cancellationToken).Run(run));
        output.Write(
            () => JsonSerializer.Serialize(report, ToolJson.Default.MmioReport),
            () => MmioCsv.Of(report),
            () => MmioPlot.Of(report),
            () => MmioTable.Of(report));
        return interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }
}
