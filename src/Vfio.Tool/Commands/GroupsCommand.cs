using System.CommandLine;
using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Groups;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio groups</c>: the IOMMU groups of the machine, and which of them could be given away as they stand.</summary>
internal static class GroupsCommand
{
    public static Command Create() => Create(Console.Out);

    /// <summary>The command with another standard output, for tests.</summary>
    public static Command Create(TextWriter output)
    {
        Option<bool> json = JsonOption.Create();
        Option<string?> root = RootOption.Create();
        var command = new Command("groups", "Show the IOMMU groups with their members, whose drivers block what, and what is reserved.") { json, root };
        command.SetAction(result => Run(RootOption.Host(result.GetValue(root)), result.GetValue(json), output));
        return command;
    }

    private static int Run(PciHost host, bool json, TextWriter output)
    {
        var names = PciNames.Load();
        GroupEntry[] groups = [.. GroupInspector.Inspect(host).Select(group => GroupEntry.From(group, host, names))];
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(groups, TypedJson.Context.GroupEntryArray));
        }
        else
        {
            GroupTable.Write(output, groups);
        }

        return ExitCode.Done;
    }
}
