using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio write BDF</c>: a file into blocks.</summary>
internal sealed class WriteCommand
{
    private const int Chunk = 4 << 20;

    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<WaitMode> _wait = Options.Wait();
    private readonly Option<ulong?> _block = Options.Block("--block", "The first block. 0 unless given.");
    private readonly Option<string> _input = new("--input", "-i")
    {
        HelpName = "FILE",
        Description = "What to write; - is standard input, which it is unless given. The last block is filled up with zeros.",
        DefaultValueFactory = static _ => "-",
    };

    public static Command Create()
    {
        var self = new WriteCommand();
        var command = new Command("write", "Write a file into blocks of a namespace, over what is there.")
        {
            self._device, self._namespace, self._block, self._input, self._wait,
        };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string name = parsed.GetValue(_input)!;
        using Stream input = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
        using Session session = Session.Open(parsed.GetRequiredValue(_device));
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        ulong block = parsed.GetValue(_block) ?? 0;
        long length = input.CanSeek ? input.Length : 0;
        RequireRoom(space, block, length);
        using IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Wait = parsed.GetValue(_wait) });
        using var io = new BlockIo(queue, space);
        long written = 0;
        Meter.Show("writing", Task.Run(() =>
        {
            byte[] data = new byte[Chunk];
            while (input.ReadAtLeast(data, Chunk, throwOnEndOfStream: false) is > 0 and int some)
            {
                int whole = (some + space.BlockSize - 1) & ~(space.BlockSize - 1);
                data.AsSpan(some, whole - some).Clear();
                RequireRoom(space, block, whole);
                io.Write(block, data.AsSpan(0, whole));
                block += (ulong)(whole / space.BlockSize);
                Volatile.Write(ref written, written + some);
            }

            io.Flush();
        }), () => length == 0 ? 0 : (double)Volatile.Read(ref written) / length);
        Console.Error.WriteLine($"nvme-vfio: wrote {written} bytes to namespace {space.Id} of {session.Controller.Name}");
        return ExitCode.Done;
    }

    private static void RequireRoom(NvmeNamespace space, ulong block, long length)
    {
        ulong blocks = ((ulong)length + (ulong)space.BlockSize - 1) / (ulong)space.BlockSize;
        if (block > space.BlockCount || blocks > space.BlockCount - block)
        {
            throw new UsageException($"{blocks} blocks from {block} on do not fit into namespace {space.Id}, which has {space.BlockCount}.");
        }
    }
}
