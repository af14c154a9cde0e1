namespace Vfio.Assignability;

/// <summary>Names that others chose, fit for a sentence.</summary>
internal static class PlainText
{
    // Longer than a name that anyone reads.
    private const int MaxLength = 256;

    /// <summary>The name without what would move a terminal's cursor, and not longer than a line or two.</summary>
    public static string Of(string name)
    {
        string text = name.Any(char.IsControl) ? string.Concat(name.Select(static letter => char.IsControl(letter) ? '?' : letter)) : name;
        return text.Length > MaxLength ? $"{text[..MaxLength]}…" : text;
    }
}
