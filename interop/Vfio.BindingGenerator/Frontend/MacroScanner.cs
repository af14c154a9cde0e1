using System.Globalization;
using System.Text.RegularExpressions;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>
/// Finds the macros that are defined at the end of a preprocessed text, in the order of their definitions.
/// </summary>
internal static partial class MacroScanner
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    public static IReadOnlyList<Macro> Scan(string preprocessed)
    {
        var macros = new OrderedDictionary<string, Macro>(StringComparer.Ordinal);
        string file = "";
        int line = 0;
        foreach (string text in preprocessed.Split('\n'))
        {
            if (LineMarker().Match(text) is { Success: true } marker)
            {
                line = int.Parse(marker.Groups["line"].ValueSpan, CultureInfo.InvariantCulture);
                file = marker.Groups["file"].Value;
                continue;
            }

            if (Define().Match(text) is { Success: true } define)
            {
                string name = define.Groups["name"].Value;
                string body = Spaces().Replace(define.Groups["body"].Value.Trim(), " ");
                macros.Remove(name);
                macros.Add(name, new(name, body, define.Groups["parameters"].Success, file, line));
            }
            else if (text.StartsWith("#undef ", StringComparison.Ordinal))
            {
                macros.Remove(text["#undef ".Length..].Trim());
            }

            line++;
        }

        return [.. macros.Values];
    }

    [GeneratedRegex("""^# (?<line>\d+) "(?<file>[^"]*)".*$""", Options, 1000)]
    private static partial Regex LineMarker();

    [GeneratedRegex(@"^#define (?<name>\w+)(?<parameters>\([^)]*\))?(?<body>.*)$", Options, 1000)]
    private static partial Regex Define();

    [GeneratedRegex(@"\s+", Options, 1000)]
    private static partial Regex Spaces();
}
