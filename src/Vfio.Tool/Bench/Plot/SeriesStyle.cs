namespace Vfio.Tool.Bench.Plot;

/// <summary>How a series is drawn.</summary>
/// <param name="Colour">As SVG has it.</param>
/// <param name="Marker">The mark on its points.</param>
/// <param name="IsHollow">Whether the mark is an outline.</param>
internal sealed record SeriesStyle(string Colour, MarkerShape Marker, bool IsHollow)
{
    // The palette of Okabe and Ito, for every kind of colour vision; its yellow is too light on white, and grey in its place.
    private static readonly string[] _colours =
        ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#808080"];

    private static readonly MarkerShape[] _markers = Enum.GetValues<MarkerShape>();

    /// <summary>The style of the series of a number. Colours and marks differ in how often they come again, so that 112 styles differ.</summary>
    public static SeriesStyle Of(int number) => new(
        _colours[number % _colours.Length],
        _markers[number % _markers.Length],
        number / (_colours.Length * _markers.Length) % 2 == 1);
}
