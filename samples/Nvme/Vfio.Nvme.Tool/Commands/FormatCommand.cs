using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio format BDF --force</c>: gives a namespace another length of blocks, and loses all that is in it.</summary>
internal sealed class FormatCommand
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(10);

    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<uint?> _namespace = Options.Namespace();
    private readonly Option<int?> _blockSize = Options.Value<int?>(
        "--bs", "SIZE", "How long a block is to be. As it is unless given.", static text => (int)Values.Size(text, 1 << 30));

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Do it. All data of the namespace is lost, and that of all namespaces where the controller formats all at once, which 'identify' tells.",
    };

    public static Command Create()
    {
        var self = new FormatCommand();
        var command = new Command(
            "format",
            "Lose all data of a namespace: format it (Format NVM), with blocks of --bs bytes and without metadata. It takes --force. "
            + $"The controller has {_limit.TotalMinutes} minutes for it, in which nothing interrupts the command.")
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
            throw new UsageException(
                "format loses all data of the namespace, and of all namespaces where the controller formats all at once; say --force if that is meant.");
        }

        using Session session = Session.Open(
            parsed.GetRequiredValue(_device), new NvmeControllerOptions { Queues = 1, Interrupts = false, AdminTimeout = _limit });
        NvmeController controller = session.Controller;

        // One that this driver cannot use can often be made one that it can.
        NvmeNamespace space = NamespaceChoice.Any(controller, parsed.GetValue(_namespace));
        int blockSize = parsed.GetValue(_blockSize) ?? space.BlockSize;
        LbaFormat[] formats = [.. space.Identity.Formats.Where(static format => format is { BlockSize: > 0, MetadataSize: 0 })];
        LbaFormat wanted = Array.Find(formats, format => format.BlockSize == blockSize);
        if (wanted.BlockSize == 0)
        {
            throw new UsageException(formats.Length == 0
                ? $"namespace {space.Id} has no format without metadata."
                : $"namespace {space.Id} cannot have blocks of {blockSize} bytes; there are {string.Join(", ", formats.Select(static format => format.BlockSize))}.");
        }

        NvmeNamespace now;
        using (new SignalHold(Say, $"a format that is cut short may leave {controller.Name} unusable: it goes on to its end"))
        {
            now = controller.Format(space, wanted);
        }

        Say(controller.Identity.FormatsAllNamespaces
            ? $"all namespaces of {controller.Name} were formatted; namespace {now.Id} now has {now.BlockCount} blocks of {now.BlockSize} bytes"
            : $"namespace {now.Id} of {controller.Name} was formatted, and now has {now.BlockCount} blocks of {now.BlockSize} bytes");
        return ExitCode.Done;
    }

    private static void Say(string text) => Console.Error.WriteLine($"nvme-vfio: {text}");
}
