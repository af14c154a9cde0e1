namespace Vfio.Tool.Bench.Plot;

/// <summary>Which style is which series, in columns below the panels.</summary>
/// <param name="Entries">The names and styles.</param>
/// <param name="Left">Its left edge.</param>
/// <param name="Width">How wide it may be.</param>
internal sealed record Legend(IReadOnlyList<(string Name, SeriesStyle Style)> Entries, double Left, double Width)
{
    private const double TextSize = 13;
    private const double RowHeight = 22;
    private const double SampleWidth = 34;
    private const double Gap = 28;

    /// <summary>How high it is.</summary>
    public double Height => Rows * RowHeight;

    private double ColumnWidth
        => Math.Min(Width, SampleWidth + 8 + Gap + Entries.Max(static entry => TextWidth.Of(entry.Name, TextSize)));

    private int Columns => Math.Max(1, Math.Min(Entries.Count, (int)((Width + Gap) / ColumnWidth)));

    private int Rows => (Entries.Count + Columns - 1) / Columns;

    /// <summary>Draws it.</summary>
    public void Draw(SvgWriter svg, double top)
    {
        using (svg.BeginGroup("legend"))
        {
            for (int i = 0; i < Entries.Count; i++)
            {
                // Down, then across: neighbours in the list stay neighbours.
                (string name, SeriesStyle style) = Entries[i];
                double x = Left + (i / Rows * ColumnWidth);
                double y = top + ((i % Rows) * RowHeight) + (RowHeight / 2);
                svg.Line(x, y, x + SampleWidth, y, style.Colour, 2);
                svg.Marker(x + (SampleWidth / 2), y, style);
                svg.Text(x + SampleWidth + 8, y + 4.5, TextWidth.Fit(name, TextSize, Width - SampleWidth - 8), TextSize);
            }
        }
    }
}
