using System.IO.Enumeration;

namespace Vfio.FloorComparison;

/// <summary>The command line.</summary>
/// <param name="Floor">The floor's program.</param>
/// <param name="IsQuick">Fewer rounds.</param>
/// <param name="OnHost">Without a device: only the rows that need none.</param>
/// <param name="Json">A file for the results, or null.</param>
/// <param name="Pattern">Which rows, with <c>*</c> and <c>?</c>.</param>
internal sealed record Options(string Floor, bool IsQuick, bool OnHost, string? Json, string Pattern)
{
    public const string Usage = "usage: Vfio.FloorComparison [--floor PROGRAM] [--quick] [--host] [--json FILE] [--row PATTERN]";

    private const string DefaultFloor = "artifacts/bench/floor/floor";

    /// <summary>Whether a row is wanted.</summary>
    public bool Wants(IRow row) => row.Names.Any(name => FileSystemName.MatchesSimpleExpression(Pattern, name));

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It is wrong; the message says where.</exception>
    public static Options Parse(ReadOnlySpan<string> arguments)
    {
        var options = new Options(DefaultFloor, IsQuick: false, OnHost: false, Json: null, Pattern: "*");
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name is "--quick")
            {
                options = options with { IsQuick = true };
                continue;
            }

            if (name is "--host")
            {
                options = options with { OnHost = true };
                continue;
            }

            if (name is not ("--floor" or "--json" or "--row"))
            {
                throw new FormatException($"there is no option '{name}'");
            }

            string value = ++i < arguments.Length ? arguments[i] : throw new FormatException($"{name} needs a value");
            options = name switch
            {
                "--floor" => options with { Floor = value },
                "--json" => options with { Json = value },
                _ => options with { Pattern = value },
            };
        }

        return options;
    }
}
