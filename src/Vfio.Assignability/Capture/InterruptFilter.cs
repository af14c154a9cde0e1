using System.Text.RegularExpressions;

namespace Vfio.Assignability;

/// <summary>The list of interrupts, in which an interface's queues are called after the interface.</summary>
internal sealed partial class InterruptFilter(PrivateNames names)
{
    // These patterns take little time whatever they are given. A limit would be met by a slow machine only.
    private const int NoLimit = Timeout.Infinite;

    private readonly HashSet<string> _hidden = new(names.HiddenInterfaces, StringComparer.Ordinal);

    public string Filter(string text) => TextLines.Join(TextLines.Of(text).Where(static line => !OrdinaryNames.IsUnique(line)).Select(FilterLine));

    private string FilterLine(string line)
        => _hidden.Count == 0 ? line : Word().Replace(line, match => _hidden.FirstOrDefault(name => IsOf(match.Value, name)) is { } name
            ? names.Interface(name) + match.Value[name.Length..]
            : match.Value);

    // eth0, eth0-TxRx-1, eth0:rx
    private static bool IsOf(string word, string name)
        => word.StartsWith(name, StringComparison.Ordinal) && (word.Length == name.Length || !char.IsAsciiLetterOrDigit(word[name.Length]));

    [GeneratedRegex(@"[^\s,]+", RegexOptions.CultureInvariant, NoLimit)]
    private static partial Regex Word();
}
