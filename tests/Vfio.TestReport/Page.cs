using System.Text;

namespace Vfio.TestReport;

/// <summary>Fits text into the width of a page.</summary>
internal static class Page
{
    public const int Width = 130;

    /// <summary>Breaks a text between words. What follows the first line is indented; at least one line comes back.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        const string Indent = "  ";
        var line = new StringBuilder();
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > Indent.Length && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear().Append(Indent);
            }
            else if (line.Length > 0)
            {
                line.Append(' ');
            }

            line.Append(word);
        }

        yield return line.ToString();
    }
}
