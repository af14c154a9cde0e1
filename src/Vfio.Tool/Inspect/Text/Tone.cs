namespace Vfio.Tool.Inspect.Text;

/// <summary>What a piece of text is, which a terminal shows by its colour.</summary>
internal enum Tone
{
    Plain,
    Heading,
    Good,
    Caution,
    Bad,
    Faint,
    Command,
}
