using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;
using Vfio.Nvme.Tool.Transfers;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio read BDF</c>: blocks into a file.</summary>
internal sealed class ReadCommand
{
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
        command.SetAction(parsed => Interruption.Run(interruption => self.Run(parsed, interruption)));
        return command;
    }

    private int Run(ParseResult parsed, Interruption interruption)
    {
        using Session session = Session.Open(parsed.GetRequiredValue(_device));
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        ulong block = parsed.GetValue(_block) ?? 0;
        ulong count = parsed.GetValue(_count) ?? (space.BlockCount - Math.Min(block, space.BlockCount));
        if (block > space.BlockCount || count > space.BlockCount - block)
        {
            throw new UsageException($"{count} blocks from {block} on are not in namespace {space.Id}, which has {space.BlockCount}.");
        }

        using IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Wait = parsed.GetValue(_wait) });
        using var io = new BlockIo(queue, space);
        string name = parsed.GetValue(_output)!;
        using Stream output = name == "-" ? Console.OpenStandardOutput() : File.Create(name);
        var copy = new BlocksToStream(io, block, count);
        Task work = Task.Run(() => copy.Run(output, interruption.Token));
        try
        {
            Meter.Show($"reading {count} blocks", work, () => count == 0 ? 1 : (double)copy.Read / count);
        }
        catch when (copy.Read > 0)
        {
            Console.Error.WriteLine($"nvme-vfio: read {copy.Read} of {count} blocks");
            throw;
        }

        return ExitCode.Done;
    }
}
