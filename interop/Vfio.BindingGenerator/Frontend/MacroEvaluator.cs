using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>
/// Lets the compiler evaluate macros. Each one becomes an enumerator, of an enum of its own so that its value is
/// neither widened nor re-signed by its neighbours', and a second one that tells its type.
/// </summary>
internal sealed partial class MacroEvaluator(CFrontend frontend, string umbrella)
{
    /// <summary>
    /// C's numbers for the entries of <see cref="_types" />; whatever is smaller than an int is promoted to one.
    /// </summary>
    private const string TypeNumbers =
        "unsigned: 1, long: 2, unsigned long: 3, long long: 4, unsigned long long: 5";

    private const RegexOptions Options =
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline;

    private const string ProbeFile = "macro-probe";
    private const string Pattern = $@"^{ProbeFile}:(?<line>\d+):\d+: error: (?<message>.*)$";

    private static readonly string[] _types = ["int", "uint", "long", "ulong", "long", "ulong"];

    public (IReadOnlyDictionary<string, ConstantModel> Constants, IReadOnlyList<SkippedMacro> Skipped) Evaluate(
        IEnumerable<Macro> macros)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        var strings = new Dictionary<string, ConstantModel>(StringComparer.Ordinal);
        var candidates = new List<Macro>();
        foreach (Macro macro in macros)
        {
            if (macro.IsFunctionLike)
            {
                reasons[macro.Name] = "function-like";
            }
            else if (macro.Body.Length == 0)
            {
                reasons[macro.Name] = "no value";
            }
            else if (StringPattern().IsMatch(macro.Body))
            {
                strings.Add(macro.Name, new(macro.Name, "string", macro.Body.Trim('"'), macro.Body));
            }
            else
            {
                candidates.Add(macro);
            }
        }

        XDocument? xml = frontend.TryParse(Source(candidates), out string errors);
        if (xml is null)
        {
            foreach ((int index, string message) in ProbeErrors(errors))
            {
                reasons.TryAdd(candidates[index].Name, message);
            }

            candidates.RemoveAll(macro => reasons.ContainsKey(macro.Name));
            xml = frontend.Parse(Source(candidates));
        }

        SkippedMacro[] skipped = [.. macros
            .Where(macro => reasons.ContainsKey(macro.Name))
            .Select(macro => new SkippedMacro(macro.Name, reasons[macro.Name]))];
        return (Read(xml, candidates, strings), skipped);
    }

    private static Dictionary<string, ConstantModel> Read(
        XDocument xml, List<Macro> macros, Dictionary<string, ConstantModel> strings)
    {
        Dictionary<string, string> values = xml.Descendants("EnumValue")
            .Where(value => value.Name("name") is ['V' or 'T', '_', ..])
            .ToDictionary(value => value.Name("name"), value => value.Name("init"), StringComparer.Ordinal);
        var constants = new Dictionary<string, ConstantModel>(strings, StringComparer.Ordinal);
        for (int i = 0; i < macros.Count; i++)
        {
            Macro macro = macros[i];
            string type = _types[int.Parse(values[$"T_{i}"], CultureInfo.InvariantCulture)];
            constants.Add(macro.Name, new(macro.Name, type, values[$"V_{i}"], macro.Body));
        }

        return constants;
    }

    private string Source(List<Macro> macros)
    {
        // One line for each macro, so that the line of a message tells whose it is.
        IEnumerable<string> probes = macros.Select((macro, i) =>
            $"enum {{ V_{i} = ({macro.Name}) }}; "
            + $"enum {{ T_{i} = _Generic(({macro.Name}), {TypeNumbers}, default: 0) }};\n");
        return $"{umbrella}#line 1 \"{ProbeFile}\"\n{string.Concat(probes)}";
    }

    private static IEnumerable<(int Index, string Message)> ProbeErrors(string errors)
    {
        foreach (Match match in ErrorPattern().Matches(errors))
        {
            int line = int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture);
            yield return (line - 1, match.Groups["message"].Value);
        }
    }

    // A literal without escapes is its own value, in C as in C#.
    [GeneratedRegex("""^"[^"\\]*"$""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StringPattern();

    [GeneratedRegex(Pattern, Options, 1000)]
    private static partial Regex ErrorPattern();
}
