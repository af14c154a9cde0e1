using System.Text;

namespace Vfio.Assignability;

/// <summary>Names in procfs, where spaces and the like are written as a backslash and three octal digits.</summary>
internal static class OctalText
{
    /// <summary>The name as it is. What is no such escape stays.</summary>
    public static string Read(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        // Several in a row may be one character of UTF-8.
        var bytes = new List<byte>(text.Length);
        Span<byte> character = stackalloc byte[4];
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] is >= '0' and <= '3' && text[i + 2] is >= '0' and <= '7' && text[i + 3] is >= '0' and <= '7')
            {
                bytes.Add((byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 4;
                continue;
            }

            _ = Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length);
            bytes.AddRange(character[..rune.EncodeToUtf8(character)]);
            i += length;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
