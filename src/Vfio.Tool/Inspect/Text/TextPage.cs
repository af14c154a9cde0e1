using Spectre.Console;
using Spectre.Console.Rendering;

namespace Vfio.Tool.Inspect.Text;

/// <summary>Lines of text below each other: prose that is wrapped, and lines that are not, because they are copied.</summary>
internal sealed class TextPage : IRenderable
{
    // Prose is hard to read in longer lines.
    private const int MaxWidth = 100;
    private const int MinWidth = 40;

    private readonly List<Func<int, IEnumerable<Segment>>> _blocks = [];

    /// <summary>The width of prose on a console of this width.</summary>
    public static int WidthOn(int console) => Math.Clamp(console, MinWidth, MaxWidth);

    /// <summary>An empty line.</summary>
    public void Blank() => _blocks.Add(static _ => [Segment.LineBreak]);

    /// <summary>A heading, set off from what is above it.</summary>
    public void Heading(string text)
    {
        Blank();
        Line(0, new Piece(text, Tone.Heading));
    }

    /// <summary>A line that is never wrapped.</summary>
    public void Line(int indent, params Piece[] pieces) => _blocks.Add(_ => Laid(indent, pieces));

    /// <summary>A line that loses its middle where it is too long.</summary>
    /// <param name="indent">Where it begins.</param>
    /// <param name="kept">What is never cut.</param>
    /// <param name="text">What follows it.</param>
    /// <param name="tone">What both are.</param>
    public void Cut(int indent, string kept, string text, Tone tone)
        => _blocks.Add(width => Laid(indent, [new Piece(kept + OneLine.Of(text, width - indent - kept.Length), tone)]));

    /// <summary>Prose.</summary>
    /// <param name="indent">Where its first line begins.</param>
    /// <param name="hanging">Where the others begin.</param>
    /// <param name="pieces">What it says.</param>
    public void Prose(int indent, int hanging, params Piece[] pieces)
        => _blocks.Add(width => [Segment.Padding(indent), .. Wrapped(width, indent, hanging, pieces)]);

    /// <summary>Prose behind a label.</summary>
    /// <param name="indent">Where the label begins.</param>
    /// <param name="hanging">Where the prose begins, behind it and on each line below.</param>
    /// <param name="label">The label.</param>
    /// <param name="pieces">What it says.</param>
    public void Labelled(int indent, int hanging, string label, params Piece[] pieces)
        => _blocks.Add(width =>
        [
            Segment.Padding(indent),
            Show(label.PadRight(hanging - indent), Tone.Faint),
            .. Wrapped(width, hanging, hanging, pieces),
        ]);

    public Measurement Measure(RenderOptions options, int maxWidth) => new(MinWidth, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        int width = WidthOn(maxWidth);
        return _blocks.SelectMany(block => block(width));
    }

    private static IEnumerable<Segment> Laid(int indent, IEnumerable<Piece> pieces)
        =>
        [
            Segment.Padding(indent),
            .. pieces.Select(static piece => Show(OneLine.Of(piece.Text), piece.Tone)),
            Segment.LineBreak,
        ];

    private static IEnumerable<Segment> Wrapped(int width, int column, int hanging, IEnumerable<Piece> pieces)
    {
        bool first = true;
        foreach (Piece piece in pieces)
        {
            foreach (string word in OneLine.Of(piece.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!first && column + 1 + word.Length > width)
                {
                    yield return Segment.LineBreak;
                    yield return Segment.Padding(hanging);
                    column = hanging;
                }
                else if (!first)
                {
                    yield return Segment.Padding(1);
                    column++;
                }

                yield return Show(word, piece.Tone);
                column += word.Length;
                first = false;
            }
        }

        yield return Segment.LineBreak;
    }

    private static Segment Show(string text, Tone tone) => new(text, tone switch
    {
        Tone.Heading => new Style(decoration: Decoration.Bold),
        Tone.Good => new Style(Color.Green, decoration: Decoration.Bold),
        Tone.Caution => new Style(Color.Yellow, decoration: Decoration.Bold),
        Tone.Bad => new Style(Color.Red, decoration: Decoration.Bold),
        Tone.Faint => new Style(Color.Grey),
        Tone.Command => new Style(Color.Aqua),
        _ => Style.Plain,
    });
}
