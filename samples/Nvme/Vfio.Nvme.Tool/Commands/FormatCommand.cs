using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio format BDF --force</c>: gives a namespace another length of blocks, and loses all that is in it.</summary>
internal sealed class FormatCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<int?> _blockSize = Options.BlockSize("The length of a block as it is");
    private readonly Option<bool> _force = new("--force") { Description = "Do it. All data of the namespace is lost." };

    public static Command Create()
    {
        var self = new FormatCommand();
        var command = new Command("format", "Format a namespace (Format NVM), with blocks of --bs bytes. All its data is lost, so it takes --force.")
        {
            self._device, self._namespace, self._blockSize, self._force,
        };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        if (!parsed.GetValue(_force))
        {
            throw new UsageException("format loses all data of the namespace; say --force if that is meant.");
        }

        using Session session = Session.Open(parsed.GetRequiredValue(_device));
        NvmeNamespace space = session.Namespace(parsed.GetValue(_namespace));
        int blockSize = parsed.GetValue(_blockSize) ?? space.BlockSize;
        LbaFormat[] formats = [.. space.Identity.Formats.Where(static format => format is { BlockSize: > 0, MetadataSize: 0 })];
        LbaFormat wanted = Array.Find(formats, format => format.BlockSize == blockSize);
        if (wanted.BlockSize == 0)
        {
            throw new UsageException(
                $"namespace {space.Id} cannot have blocks of {blockSize} bytes; there are {string.Join(", ", formats.Select(static format => format.BlockSize))}.");
        }

        NvmeNamespace now = session.Controller.Format(space, wanted);
        Console.Error.WriteLine($"nvme-vfio: namespace {now.Id} of {session.Controller.Name} now has {now.BlockCount} blocks of {now.BlockSize} bytes");
        return ExitCode.Done;
    }
}
