using System.Reflection;

namespace Vfio.Assignability;

/// <summary>Pages that explain: one on each <see cref="FindingCode"/>, <see cref="Verdict"/> and <see cref="ResetClass"/>.</summary>
/// <remarks>Thread-safe.</remarks>
public static class FindingPages
{
    private const string Prefix = "Vfio.Assignability.Explain.Pages.";
    private const string Suffix = ".md";

    private static readonly Assembly _assembly = typeof(FindingPages).Assembly;

    private static readonly Dictionary<string, string> _names = _assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(static name => name[Prefix.Length..^Suffix.Length])
        .ToDictionary(static code => code, StringComparer.OrdinalIgnoreCase);

    /// <summary>All codes that there is a page on, sorted.</summary>
    public static IReadOnlyList<string> Codes { get; } = [.. _names.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The code as it is spelled, or null where there is none like it.</summary>
    /// <param name="code">The code, in any case of letters.</param>
    public static string? Spell(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        return _names.GetValueOrDefault(code);
    }

    /// <summary>The page on a code: lines of at most 80 columns, of which those that start with <c>#</c> are headings.</summary>
    /// <param name="code">The code, in any case of letters.</param>
    /// <exception cref="ArgumentException">There is no such code.</exception>
    public static string Read(string code)
    {
        string name = Spell(code) ?? throw new ArgumentException($"There is no page on '{code}'.", nameof(code));
        using Stream stream = _assembly.GetManifestResourceStream(Prefix + name + Suffix)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
