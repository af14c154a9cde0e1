using System.Globalization;

namespace Vfio.Core;

/// <summary>Numbers as the kernel writes them.</summary>
internal static class HostText
{
    /// <summary>A number in hexadecimal, with 0x in front of it or not; null for anything else.</summary>
    public static ulong? Hex(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        text = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        return !text.Contains('\0') && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }

    /// <summary>A whole number in decimal; null for anything else.</summary>
    public static long? Number(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return !text.Contains('\0') && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;
    }

    /// <summary>Whether a name is made of digits alone.</summary>
    public static bool IsDigits(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);
}
