using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Vfio.Core;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio list</c>: the PCI functions of the machine.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        Option<bool> json = JsonOption.Create();
        Option<string?> root = RootOption.Create();
        var command = new Command("list", "Show the PCI functions with group, driver, class, ids and names.") { json, root };
        command.SetAction(result => Run(result.GetValue(json), RootOption.Host(result.GetValue(root))));
        return command;
    }

    private static int Run(bool json, PciHost host)
    {
        PciNames names = PciNames.Load();
        if (names.IsEmpty)
        {
            Console.Error.WriteLine("vfio: no names: the system has no pci.ids (Debian's package pci.ids brings it)");
        }

        ListEntry[] entries = [.. host.Functions.Select(function => ListEntry.From(function, names))];
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(entries, ToolJson.Default.ListEntryArray));
        }
        else
        {
            Show(entries);
        }

        return ExitCode.Done;
    }

    private static void Show(ListEntry[] entries)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumns("DEVICE", "GROUP", "DRIVER", "CLASS", "IDS", "NAME");
        foreach (ListEntry entry in entries)
        {
            table.AddRow(
                Cell(entry.Device),
                Cell(entry.Group?.ToString(CultureInfo.InvariantCulture)),
                Cell(entry.Driver),
                Cell(entry.ClassName ?? entry.Class),
                Cell($"{entry.Vendor}:{entry.DeviceId}"),
                Cell(string.Join(' ', new[] { entry.VendorName, entry.DeviceName }.OfType<string>())));
        }

        Terminal.Out.Write(table);
    }

    private static Text Cell(string? text) => new(string.IsNullOrEmpty(text) ? "-" : text);
}
