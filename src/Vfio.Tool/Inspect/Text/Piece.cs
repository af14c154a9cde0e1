namespace Vfio.Tool.Inspect.Text;

/// <summary>A piece of a line.</summary>
/// <param name="Text">Its text, without line ends.</param>
/// <param name="Tone">What it is.</param>
internal readonly record struct Piece(string Text, Tone Tone)
{
    public static implicit operator Piece(string text) => new(text, Tone.Plain);
}
