using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vfio.Nvme.Tool.Output;

namespace Vfio.Nvme.Tool.Commands;

/// <summary><c>nvme-vfio list</c>: the NVMe controllers of the host, and which of them could be driven now.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        Option<bool> json = Options.Json();
        var command = new Command("list", "List the NVMe controllers of the host. Those with vfio-pci can be driven.") { json };
        command.SetAction(result => Run(result.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        ListEntry[] all = ListEntry.All();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(all, ToolJson.Default.ListEntryArray));
            return ExitCode.Done;
        }

        Table table = new Table().Border(TableBorder.None).AddColumns("DEVICE", "IDS", "DRIVER", "GROUP");
        foreach (ListEntry entry in all)
        {
            table.AddRow(entry.Device, entry.Ids, Markup.Escape(entry.Driver ?? "-"), entry.Group?.ToString(CultureInfo.InvariantCulture) ?? "-");
        }

        Terminal.Out.Write(table);
        return ExitCode.Done;
    }
}
