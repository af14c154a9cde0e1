using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;
using Vfio.Nvme.Tool.Verify;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio verify BDF</c>: writes a pattern and looks at every byte that is read back.</summary>
internal sealed class VerifyCommand
{
    private const int UsualTransfer = 64 << 10;
    private const int UsualDepth = 32;

    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<ulong?> _block = Options.Block("--block", "The first block. 0 unless given.");
    private readonly Option<ulong?> _count = Options.Block("--count", "How many blocks. All to the end unless given.");
    private readonly Option<int?> _blockSize = Options.BlockSize("64K");
    private readonly Option<int?> _depth = Options.Depth(UsualDepth);
    private readonly Option<int?> _queues = Options.Queues();
    private readonly Option<WaitMode> _wait = Options.Wait();
    private readonly Option<bool> _noShadow = Options.NoShadow();
    private readonly Option<bool> _json = Options.Json();
    private readonly Option<ulong?> _seed = Options.Block("--seed", "What the pattern is made of. 1 unless given.");
    private readonly Option<bool> _readOnly = new("--read-only") { Description = "Write nothing: an earlier run with the same seed did." };

    public static Command Create()
    {
        var self = new VerifyCommand();
        var command = new Command("verify", "Overwrites the blocks of a namespace with a pattern, reads it back and looks at every byte. What was there is lost, unless --read-only.")
        {
            self._device,
            self._namespace,
            self._block,
            self._count,
            self._blockSize,
            self._depth,
            self._queues,
            self._wait,
            self._noShadow,
            self._seed,
            self._readOnly,
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
        VerifyOptions options = Read(parsed, session, space, queues);
        using var run = new VerifyRun(session, space, options);
        run.Prepare();
        VerifyReport? report = null;
        Meter.Show("verifying", Task.Run(() => report = run.Run(interruption.Token)), () => run.Done);
        Show(report!, parsed.GetValue(_json));
        return report!.Ok ? ExitCode.Done : ExitCode.Failed;
    }

    private VerifyOptions Read(ParseResult parsed, Session session, NvmeNamespace space, int queues)
    {
        ulong block = parsed.GetValue(_block) ?? 0;
        ulong count = parsed.GetValue(_count) ?? (space.BlockCount - Math.Min(block, space.BlockCount));
        int transfer = parsed.GetValue(_blockSize) ?? Math.Min(UsualTransfer, session.Controller.MaxTransfer);
        if (count == 0 || block >= space.BlockCount || count > space.BlockCount - block)
        {
            throw new UsageException($"{count} blocks from {block} on are not in namespace {space.Id}, which has {space.BlockCount}.");
        }

        session.RequireTransfer(space, transfer);
        session.RequireQueues(queues);
        return new VerifyOptions
        {
            Block = block,
            Count = count,
            TransferSize = transfer,
            Depth = session.Depth(parsed.GetValue(_depth) ?? UsualDepth),
            Queues = queues,
            Wait = parsed.GetValue(_wait),
            Seed = parsed.GetValue(_seed) ?? 1,
            Write = !parsed.GetValue(_readOnly),
        };
    }

    private static void Show(VerifyReport report, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ToolJson.Default.VerifyReport));
            return;
        }

        foreach (string problem in report.Problems)
        {
            Console.Error.WriteLine($"nvme-vfio: {report.Device}: {problem}");
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Device}: {(report.Ok ? "every byte is right" : "WRONG")}: {report.Blocks} blocks of {report.BlockSize} bytes, {report.Queues} queues of {report.Depth}, {report.Wait}"));
    }
}
