using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vfio.Core;
using Vfio.Nvme.Tool.Output;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio identify BDF</c>: what a controller and its namespaces are.</summary>
internal static class IdentifyCommand
{
    public static Command Create()
    {
        Argument<PciAddress> device = DeviceArgument.Create();
        Option<bool> json = Options.Json();
        var command = new Command("identify", "Show what the controller and its namespaces are, and its health.") { device, json };
        command.SetAction(result => Run(result.GetRequiredValue(device), result.GetValue(json)));
        return command;
    }

    private static int Run(PciAddress address, bool json)
    {
        // As many queues as there can be are asked for, so that the number is the controller's. None is made.
        using Session session = Session.Open(address, new NvmeControllerOptions { Queues = ushort.MaxValue, Interrupts = false });
        IdentifyDocument document = IdentifyDocument.From(session.Controller);
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, ToolJson.Default.IdentifyDocument));
        }
        else
        {
            Show(document);
        }

        return ExitCode.Done;
    }

    private static void Show(IdentifyDocument document)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns(string.Empty, string.Empty);
        void Add(string name, FormattableString value) => table.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
        Add("device", $"{document.Device}");
        Add("model", $"{document.Model}");
        Add("serial", $"{document.Serial}");
        Add("firmware", $"{document.Firmware}");
        Add("version", $"{document.Version}");
        Add("transfer", $"up to {document.MaxTransferBytes} bytes a command");
        Add("queues", $"{document.MaxQueues}, of up to {document.MaxQueueEntries} entries");
        Add("commands", $"{string.Join(", ", document.NvmCommands.Concat(document.AdminCommands))}");
        if (document.FormatsAllNamespaces)
        {
            Add("format", $"always of all namespaces");
        }

        Add("health", $"warning 0x{document.Health.CriticalWarning:x}, {document.Health.TemperatureCelsius} °C, {document.Health.PercentageUsed}% used");
        foreach (NamespaceEntry space in document.Namespaces)
        {
            string formats = string.Join(", ", space.Formats.Select(static format => $"{format.BlockSize}{(format.MetadataSize > 0 ? $"+{format.MetadataSize}" : string.Empty)}"));
            Add($"namespace {space.Id}", $"{space.Blocks} blocks of {space.BlockSize} bytes{(space.Usable ? string.Empty : ", not usable")} (formats: {formats})");
        }

        Terminal.Out.Write(table);
    }
}
