using System.Text.RegularExpressions;

namespace Vfio.BindingGenerator.Wanted;

/// <summary>Reads NativeMethods.txt; the file's own head describes its form.</summary>
internal static partial class WantedList
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    private const string Include = "include ";

    public static IReadOnlyList<WantedHeader> Read(string path)
    {
        var headers = new List<WantedHeader>();
        List<string> prerequisites = [];
        List<WantedName>? names = null;
        int number = 0;
        foreach (string raw in File.ReadLines(path))
        {
            number++;
            string line = raw.Split("//", 2)[0].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            if (SectionPattern().Match(line) is { Success: true } section)
            {
                prerequisites = [];
                names = [];
                headers.Add(new(
                    section.Groups["header"].Value,
                    section.Groups["folder"].Value,
                    section.Groups["class"].Value,
                    prerequisites,
                    names));
            }
            else if (line.StartsWith(Include, StringComparison.Ordinal))
            {
                prerequisites.Add(line[Include.Length..].Trim());
            }
            else if (names is not null && NamePattern().Match(line) is { Success: true } name)
            {
                string? tail = name.Groups["tail"].Success ? name.Groups["tail"].Value : null;
                names.Add(new(name.Groups["name"].Value, tail, number));
            }
            else
            {
                throw new GeneratorException($"{path}:{number}: neither a [header folder class] nor a name: {line}");
            }
        }

        return headers;
    }

    [GeneratedRegex(@"^\[(?<header>\S+) (?<folder>\S+) (?<class>\w+)\]$", Options, 1000)]
    private static partial Regex SectionPattern();

    [GeneratedRegex(@"^(?<name>[\w*]+)(\((?<tail>.+)\))?$", Options, 1000)]
    private static partial Regex NamePattern();
}
