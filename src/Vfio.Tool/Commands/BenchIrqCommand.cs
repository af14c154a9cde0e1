using System.CommandLine;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Bench;
using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Plot;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio bench irq BDF</c>: how long it takes from an interrupt's trigger until somebody who waits for it runs.</summary>
internal sealed class BenchIrqCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly OutputOptions _output = new();

    private readonly Option<IrqKind?> _kind = ValueOption.Create<IrqKind?>(
        "--kind",
        "KIND",
        "The kind of interrupt: msix, msi or intx. The first of these that the device has unless given.",
        static text => BenchValues.Kind(text));

    private readonly Option<int?> _samples = ValueOption.Create<int?>(
        "--samples", "N", "How many interrupts are measured, blocking and async each. 2000 unless given.", static text => BenchValues.Samples(text));

    private readonly Option<TimeSpan?> _time = ValueOption.Create<TimeSpan?>(
        "--time", "SECONDS", "How long each way to wait is measured at most. 10 unless given.", static text => BenchValues.Time(text));

    private readonly Option<TimeSpan?> _gap = ValueOption.Create<TimeSpan?>(
        "--gap",
        "MICROSECONDS",
        "How long the waiter is left to fall asleep before each trigger. 250 unless given.",
        static text => BenchValues.Gap(text));

    public static Command Create()
    {
        var self = new BenchIrqCommand();
        var command = new Command("irq", "Measure the time from the trigger of an interrupt, by the kernel, to the waiter, blocking and async.")
        {
            self._device,
            self._kind,
            self._samples,
            self._time,
            self._gap,
        };
        self._output.AddTo(command);
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var options = new IrqOptions { Kind = parsed.GetValue(_kind) };
        options = options with
        {
            Samples = parsed.GetValue(_samples) ?? options.Samples,
            Time = parsed.GetValue(_time) ?? options.Time,
            Gap = parsed.GetValue(_gap) ?? options.Gap,
        };
        BenchOutput output = _output.Of(parsed);
        PciAddress address = parsed.GetRequiredValue(_device);
        (IrqReport report, bool interrupted) = BenchSession.Run(
            address,
            (run, progress, cancellationToken) => new IrqRunner(address, options, progress, cancellationToken).Run(run));
        output.Write(
            () => JsonSerializer.Serialize(report, ToolJson.Default.IrqReport),
            () => IrqCsv.Of(report),
            () => IrqPlot.Of(report),
            () => IrqTable.Of(report));
        return interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }
}
