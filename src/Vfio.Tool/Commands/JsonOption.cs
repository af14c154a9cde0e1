using System.CommandLine;

namespace Vfio.Tool.Commands;

/// <summary>The switch that makes a command's result JSON.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => new("--json")
    {
        Description = "Print the result as JSON, and nothing else, on standard output.",
    };
}
