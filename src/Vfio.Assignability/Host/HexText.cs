using System.Globalization;

namespace Vfio.Assignability;

/// <summary>Numbers as the kernel writes them, in hexadecimal.</summary>
internal static class HexText
{
    /// <summary>The number, with 0x in front of it or not; null for anything else.</summary>
    public static ulong? Parse(ReadOnlySpan<char> text)
    {
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }
}
