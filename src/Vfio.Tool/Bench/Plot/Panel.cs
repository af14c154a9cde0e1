namespace Vfio.Tool.Bench.Plot;

/// <summary>A rectangle with two axes and the series between them.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">Its width, without what stands around it.</param>
/// <param name="Height">Its height, the same way.</param>
internal sealed record Panel(double Left, double Top, double Width, double Height)
{
    /// <summary>What the labels of the vertical axis and its title need to the left of a panel.</summary>
    public const double LeftRoom = 86;

    /// <summary>What the labels of the horizontal axis and its title need below.</summary>
    public const double BottomRoom = 48;

    private const double LabelSize = 12;
    private const double TitleSize = 13;
    private const double LabelGap = 10;
    private const string MajorGrid = "#c8c8c8";
    private const string MinorGrid = "#ededed";
    private const string Frame = "#555555";

    /// <summary>What is written above it.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>From left to right.</summary>
    public required Axis Horizontal { get; init; }

    /// <summary>From below.</summary>
    public required Axis Vertical { get; init; }

    private double Bottom => Top + Height;

    /// <summary>Draws the panel.</summary>
    public void Draw(SvgWriter svg, IReadOnlyList<PlotSeries> series)
    {
        using (svg.BeginGroup("panel"))
        {
            Grid(svg);
            foreach (PlotSeries line in series.OrderByDescending(static line => line.IsSecondary))
            {
                Draw(svg, line);
            }

            svg.Rectangle(Left, Top, Width, Height, "none", Frame);
            Labels(svg);
            svg.Text(Left, Top - 10, Title, 14, isBold: true);
            svg.Text(Left + (Width / 2), Bottom + 40, Horizontal.Title, TitleSize, TextAnchor.Middle);
            if (Vertical.Title.Length > 0)
            {
                svg.VerticalText(Left - 70, Top + (Height / 2), Vertical.Title, TitleSize);
            }
        }
    }

    /// <summary>Where a value of the horizontal axis is.</summary>
    public double X(double value) => Left + (Width * Horizontal.Fraction(value));

    /// <summary>Where a value of the vertical axis is.</summary>
    public double Y(double value) => Bottom - (Height * Vertical.Fraction(value));

    private void Draw(SvgWriter svg, PlotSeries series)
    {
        (double X, double Y)[] points = [.. series.Points.Select(point => (X(point.X), Y(point.Y)))];
        if (series.IsFilled)
        {
            svg.Polygon([(points[0].X, Bottom), .. points, (points[^1].X, Bottom)], series.Style.Colour, 0.15);
        }

        svg.Polyline(points, series.Style.Colour, series.IsSecondary ? 1 : 2, series.IsSecondary);
        if (!series.IsSecondary && !series.IsFilled)
        {
            foreach ((double x, double y) in points)
            {
                svg.Marker(x, y, series.Style);
            }
        }
    }

    private void Grid(SvgWriter svg)
    {
        foreach (Tick tick in Horizontal.Ticks)
        {
            svg.Line(X(tick.Value), Top, X(tick.Value), Bottom, MinorGrid);
        }

        foreach (Tick tick in Vertical.Ticks)
        {
            svg.Line(Left, Y(tick.Value), Left + Width, Y(tick.Value), tick.Label is null ? MinorGrid : MajorGrid);
        }

        foreach (Tick tick in Labelled(Horizontal, tick => (X(tick.Value), TextWidth.Of(tick.Label!, LabelSize))))
        {
            svg.Line(X(tick.Value), Top, X(tick.Value), Bottom, MajorGrid);
        }
    }

    private void Labels(SvgWriter svg)
    {
        using (svg.BeginGroup("horizontal"))
        {
            foreach (Tick tick in Labelled(Horizontal, tick => (X(tick.Value), TextWidth.Of(tick.Label!, LabelSize))))
            {
                svg.Line(X(tick.Value), Bottom, X(tick.Value), Bottom + 5, Frame);
                svg.Text(X(tick.Value), Bottom + 19, tick.Label!, LabelSize, TextAnchor.Middle);
            }
        }

        using (svg.BeginGroup("vertical"))
        {
            foreach (Tick tick in Labelled(Vertical, tick => (-Y(tick.Value), LabelSize)))
            {
                svg.Line(Left - 5, Y(tick.Value), Left, Y(tick.Value), Frame);
                svg.Text(Left - 9, Y(tick.Value) + 4, tick.Label!, LabelSize, TextAnchor.End);
            }
        }
    }

    /// <summary>Every label, or every second, every third, as there is room. The extent is the middle and the length of a label.</summary>
    private static Tick[] Labelled(Axis axis, Func<Tick, (double Middle, double Length)> extent)
    {
        Tick[] named = [.. axis.Ticks.Where(static tick => tick.Label is not null)];
        for (int stride = 1; ; stride++)
        {
            Tick[] kept = [.. named.Where((_, i) => i % stride == 0)];
            if (kept.Zip(kept.Skip(1)).All(pair => Fits(extent(pair.First), extent(pair.Second))))
            {
                return kept;
            }
        }
    }

    private static bool Fits((double Middle, double Length) first, (double Middle, double Length) second)
        => second.Middle - first.Middle >= ((first.Length + second.Length) / 2) + LabelGap;
}
