namespace Vfio.FloorComparison;

/// <summary>What one operation costs.</summary>
/// <param name="Nanoseconds">Time.</param>
/// <param name="Bytes">What it allocates on the managed heap.</param>
internal readonly record struct Figure(double Nanoseconds, double Bytes)
{
    /// <summary>The median of the times, and the mean of the bytes.</summary>
    public static Figure Of(IReadOnlyCollection<Figure> figures)
        => new(Median.Of(figures.Select(static figure => figure.Nanoseconds)), figures.Average(static figure => figure.Bytes));
}
