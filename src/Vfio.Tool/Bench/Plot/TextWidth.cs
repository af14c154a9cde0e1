namespace Vfio.Tool.Bench.Plot;

/// <summary>
/// How wide a text will be. A plot is written without the font that it will be shown in, so these are the widths of a wide one
/// (DejaVu Sans): what fits with them fits with others.
/// </summary>
internal static class TextWidth
{
    private const double Narrow = 0.40;
    private const double Ordinary = 0.64;
    private const double Capital = 0.74;
    private const double Wide = 1.0;

    /// <summary>The width in pixels at a font size in pixels.</summary>
    public static double Of(string text, double size) => size * text.Sum(static letter => letter switch
    {
        'm' or 'w' or 'M' or 'W' or '%' or '@' or '…' => Wide,
        >= 'A' and <= 'Z' when letter != 'I' => Capital,
        'i' or 'j' or 'l' or 'f' or 't' or 'r' or 'I' or ' ' or '.' or ',' or ':' or ';' or '\'' or '|' or '/' or '-' => Narrow,
        '(' or ')' or '[' or ']' => Narrow,
        _ => Ordinary,
    });

    /// <summary>The text, cut with an ellipsis where it is wider than there is room for.</summary>
    public static string Fit(string text, double size, double width)
    {
        if (Of(text, size) <= width)
        {
            return text;
        }

        int length = text.Length;
        while (length > 0 && Of(text[..length] + "…", size) > width)
        {
            length--;
        }

        return text[..length].TrimEnd() + "…";
    }
}
