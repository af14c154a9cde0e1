using System.IO.Enumeration;

namespace Vfio.BindingGenerator.Wanted;

/// <summary>A line of NativeMethods.txt: a name or pattern, and the parameters in place of an ellipsis.</summary>
internal sealed record WantedName(string Pattern, string? Tail, int Line)
{
    public bool IsEverything => Pattern == "*";

    public bool IsExact => !Pattern.Contains('*', StringComparison.Ordinal);

    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
