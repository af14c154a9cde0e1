namespace Vfio.Assignability;

/// <summary>Text as lines, and back.</summary>
internal static class TextLines
{
    /// <summary>The lines that are not empty.</summary>
    public static string[] Of(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lines as a text, each with its end.</summary>
    public static string Join(IEnumerable<string> lines) => string.Concat(lines.Select(static line => line + "\n"));

    /// <summary>The words of a line.</summary>
    public static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
