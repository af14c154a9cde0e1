using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;
using Vfio.Nvme.Tool.Transfers;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio write BDF</c>: a file into blocks.</summary>
internal sealed class WriteCommand
{
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
        command.SetAction(parsed => Interruption.Run(interruption => self.Run(parsed, interruption)));
        return command;
    }

    private int Run(ParseResult parsed, Interruption interruption)
    {
        string name = parsed.GetValue(_input)!;
        using Stream input = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
        using Session session = Session.Open(parsed.GetRequiredValue(_device));
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        using IoQueuePair queue = session.Controller.CreateQueue(new IoQueuePairOptions { Wait = parsed.GetValue(_wait) });
        using var io = new BlockIo(queue, space);
        var copy = new StreamToBlocks(io, parsed.GetValue(_block) ?? 0);
        long length = input.CanSeek ? input.Length : 0;
        copy.RequireRoom(length);
        Task work = Task.Run(() => copy.Run(input, interruption.Token));
        try
        {
            Meter.Show("writing", work, () => length == 0 ? 0 : (double)copy.Written / length);
        }
        finally
        {
            if (work.IsCompletedSuccessfully || copy.Written > 0)
            {
                Console.Error.WriteLine($"nvme-vfio: wrote {copy.Written} bytes to namespace {space.Id} of {session.Controller.Name}");
            }
        }

        return ExitCode.Done;
    }
}
