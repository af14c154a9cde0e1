namespace Vfio.Tool.Inspect.Text;

/// <summary>A page of explanation as it is shown.</summary>
internal static class ExplanationText
{
    private const string HeadingMark = "# ";

    public static TextPage Of(string page)
    {
        var text = new TextPage();
        foreach (string line in page.TrimEnd('\n').Split('\n'))
        {
            text.Line(0, line switch
            {
                _ when line.StartsWith(HeadingMark, StringComparison.Ordinal) => new Piece(line[HeadingMark.Length..], Tone.Heading),
                [' ', ..] => new Piece(line, Tone.Command),
                _ => line,
            });
        }

        return text;
    }
}
