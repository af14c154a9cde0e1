using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio read BDF</c>: blocks into a file.</summary>
internal sealed class ReadCommand
{
    private const int Chunk = 4 << 20;

    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<WaitMode> _wait = Options.Wait();
    private readonly Option<ulong?> _block = Options.Block("--block", "The first block. 0 unless given.");
    private readonly Option<ulong?> _count = Options.Block("--count", "How many blocks. All to the end unless given.");
    private readonly Option<string> _output = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "Where to write them; - is standard output, which it is unless given.",
        DefaultValueFactory = static _ => "-",
    };

    public static Command Create()
    {
        var self = new ReadCommand();
        var command = new Command("read", "Read blocks of a namespace into a file.")
        {
            self._device, self._namespace, self._block, self._count, self._output, self._wait,
        };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using Session session = Session.Open(parsed.GetRequiredValue(_device));
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        ulong block = parsed.GetValue(_block) ?? 0;
        ulong count = parsed.GetValue(_count) ?? (space.BlockCount - Math.Min(block, space.BlockCount));
        if (block > space.BlockCount || count > space.BlockCount - block)
        {
            throw new UsageException($"blocks {block} to {block + count - 1} are not in namespace {space.Id}, which has {space.BlockCount}.");
        }

        using IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Wait = parsed.GetValue(_wait) });
        using var io = new BlockIo(queue, space);
        string name = parsed.GetValue(_output)!;
        using Stream output = name == "-" ? Console.OpenStandardOutput() : File.Create(name);
        ulong end = block + count;
        ulong at = block;
        Meter.Show($"reading {count} blocks", Task.Run(() =>
        {
            byte[] data = new byte[Chunk];
            while (at < end)
            {
                ulong some = Math.Min(end - at, (ulong)(Chunk / space.BlockSize));
                Span<byte> part = data.AsSpan(0, (int)some * space.BlockSize);
                io.Read(at, part);
                output.Write(part);
                Volatile.Write(ref at, at + some);
            }

            output.Flush();
        }), () => count == 0 ? 1 : (double)(Volatile.Read(ref at) - block) / count);
        return ExitCode.Done;
    }
}
