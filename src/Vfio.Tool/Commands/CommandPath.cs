using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vfio.Tool.Commands;

/// <summary>How a command is called: <c>vfio bench irq</c>.</summary>
internal static class CommandPath
{
    public static string Of(ParseResult parsed)
    {
        string path = string.Empty;
        for (CommandResult? result = parsed.CommandResult; result is { Command: not RootCommand }; result = result.Parent as CommandResult)
        {
            path = $" {result.Command.Name}{path}";
        }

        return $"vfio{path}";
    }
}
