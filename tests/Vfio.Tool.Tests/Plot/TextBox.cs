namespace Vfio.Tool.Tests.Plot;

/// <summary>A text and the rectangle that it takes.</summary>
internal sealed record TextBox(string Text, double Left, double Top, double Right, double Bottom)
{
    public bool Overlaps(TextBox other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}
