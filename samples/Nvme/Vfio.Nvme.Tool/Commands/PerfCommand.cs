using System.CommandLine;
using System.Text.Json;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Perf;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio perf BDF</c>: how fast the drive is with this driver.</summary>
internal sealed class PerfCommand
{
    private const int UsualDepth = 1;
    private static readonly TimeSpan _usualTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _usualRamp = TimeSpan.FromSeconds(2);

    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<int?> _blockSize = Options.BlockSize("4096");
    private readonly Option<int?> _depth = Options.Depth(UsualDepth);
    private readonly Option<int?> _queues = Options.Queues();
    private readonly Option<WaitMode> _wait = Options.Wait();
    private readonly Option<bool> _noShadow = Options.NoShadow();
    private readonly Option<bool> _json = Options.Json();
    private readonly Option<PerfPattern?> _pattern = Options.Value<PerfPattern?>(
        "--rw", "PATTERN", $"What is done: {PerfPattern.Choices}. randread unless given.", static text => PerfPattern.Parse(text));

    private readonly Option<TimeSpan?> _time = Options.Value<TimeSpan?>(
        "--time", "SECONDS", "How long is measured. 5 unless given.", static text => Values.Time(text));

    private readonly Option<TimeSpan?> _ramp = Options.Value<TimeSpan?>(
        "--ramp", "SECONDS", "How long is run before that. 2 unless given.", static text => Values.Time(text));

    public static Command Create()
    {
        var self = new PerfCommand();
        var command = new Command("perf", "Overwrites blocks all over the namespace with --rw write and --rw randwrite. Measures commands per second, bandwidth, and how long commands take.")
        {
            self._device,
            self._namespace,
            self._pattern,
            self._blockSize,
            self._depth,
            self._queues,
            self._time,
            self._ramp,
            self._wait,
            self._noShadow,
            self._json,
        };
        command.SetAction(parsed => Interruption.Run(interruption => self.Run(parsed, interruption)));
        return command;
    }

    private int Run(ParseResult parsed, Interruption interruption)
    {
        int queues = parsed.GetValue(_queues) ?? 1;
        using Session session = Session.Open(
            parsed.GetRequiredValue(_device), new NvmeControllerOptions { Queues = queues, ShadowDoorbells = !parsed.GetValue(_noShadow) });
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        var options = new PerfOptions
        {
            Pattern = parsed.GetValue(_pattern) ?? PerfPattern.Parse("randread"),
            TransferSize = parsed.GetValue(_blockSize) ?? Math.Max(4096, space.BlockSize),
            Depth = session.Depth(parsed.GetValue(_depth) ?? UsualDepth),
            Queues = queues,
            Wait = parsed.GetValue(_wait),
            Time = parsed.GetValue(_time) ?? _usualTime,
            Ramp = parsed.GetValue(_ramp) ?? _usualRamp,
        };
        session.RequireTransfer(space, options.TransferSize);
        session.RequireQueues(queues);
        using var run = new PerfRun(session, space, options);
        run.Prepare();
        PerfReport? report = null;
        Meter.Show($"{options.Pattern}", Task.Run(() => report = run.Run(interruption.Token)), () => run.Done);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report!, ToolJson.Default.PerfReport));
        }
        else
        {
            Terminal.Out.Write(PerfTable.Of(report!));
        }

        return interruption.Token.IsCancellationRequested ? interruption.ExitCode : report!.Errors == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
