using System.Globalization;
using System.Text;

namespace Vfio.Tool.Inspect.Text;

/// <summary>Makes texts that come from a host fit to be shown: they may be anything, escape codes included.</summary>
internal static class OneLine
{
    private const char Cut = '…';

    // What is shorter tells nothing.
    private const int Shortest = 24;

    /// <summary>The text on one line, without anything that a terminal would obey.</summary>
    public static string Of(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\n' => line.Append("; "),
                '\t' => line.Append(' '),
                _ => line.Append(IsPrintable(rune) ? rune : Rune.ReplacementChar),
            };
        }

        return line.ToString();
    }

    /// <summary>The text on one line of limited length. A long one loses its middle, which is marked.</summary>
    public static string Of(string text, int length)
    {
        string line = Of(text.TrimEnd());
        int kept = Math.Max(Shortest, length) - 1;
        return line.Length <= kept + 1 ? line : $"{line.AsSpan(0, kept / 2)}{Cut}{line.AsSpan(line.Length - (kept - (kept / 2)))}";
    }

    // Format characters turn the direction of what follows them.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned);
}
