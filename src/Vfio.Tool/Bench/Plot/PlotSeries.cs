namespace Vfio.Tool.Bench.Plot;

/// <summary>A line through points in one panel.</summary>
/// <param name="Style">How it is drawn.</param>
/// <param name="Points">The points, from left to right.</param>
internal sealed record PlotSeries(SeriesStyle Style, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Whether it stands beside another series of the same style: thin, broken, without marks.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>Whether the area below it is shaded.</summary>
    public bool IsFilled { get; init; }
}
