using System.Globalization;

namespace Vfio.Tool.Bench.Report;

/// <summary>Lines of comma-separated values (RFC 4180, with line feeds).</summary>
internal static class CsvLine
{
    private static readonly System.Buffers.SearchValues<char> _special = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Joins fields; null is an empty one.</summary>
    public static string Of(params ReadOnlySpan<object?> fields)
    {
        string[] texts = new string[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            texts[i] = Escape(Convert.ToString(fields[i], CultureInfo.InvariantCulture) ?? string.Empty);
        }

        return string.Join(',', texts);
    }

    private static string Escape(string text)
        => text.AsSpan().ContainsAny(_special) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
