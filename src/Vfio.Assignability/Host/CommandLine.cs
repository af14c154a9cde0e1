using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The command line that a host's kernel was started with.</summary>
internal sealed class CommandLine(HostFact<string> text)
{
    private readonly string[] _words = (text.Value ?? string.Empty).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The file.</summary>
    public HostFact<string> Text => text;

    /// <summary>The values of an option, in order; an option that is given without a value has an empty one.</summary>
    /// <param name="name">Its name. The kernel takes hyphens and underscores in the names of modules alike.</param>
    public IEnumerable<string> Values(string name) => _words
        .Select(word => (word, at: word.IndexOf('=', StringComparison.Ordinal)))
        .Where(option => Same(option.at < 0 ? option.word : option.word[..option.at], name))
        .Select(option => option.at < 0 ? string.Empty : option.word[(option.at + 1)..].Trim('"'));

    /// <summary>The parts of an option's values, which commas separate.</summary>
    public IEnumerable<string> Parts(string name) => Values(name).SelectMany(static value => value.Split(','));

    /// <summary>Whether an option is given with this among its comma-separated parts.</summary>
    public bool Has(string name, string part) => Parts(name).Contains(part, StringComparer.Ordinal);

    /// <summary>The word as it was given, for the option of this name that has this part.</summary>
    public string? Word(string name, string part) => _words.FirstOrDefault(word =>
        word.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && Same(word[..at], name) && word[(at + 1)..].Split(',').Contains(part, StringComparer.Ordinal));

    /// <summary>The command line as evidence of one word.</summary>
    public Evidence As(string? word) => new(text.Path, word ?? text.Text);

    private static bool Same(string left, string right)
        => left.Replace('-', '_') == right.Replace('-', '_');
}
