using System.Globalization;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Plot;

/// <summary>A direction of a panel: the values that it covers, and those that are marked.</summary>
internal sealed class Axis
{
    // What is drawn at the very edge of a panel is hard to see.
    private const double Margin = 1.1;
    private const double DoublingMargin = 1.35;

    private readonly bool _isLogarithmic;

    private Axis(string title, double min, double max, bool isLogarithmic, IEnumerable<Tick> ticks)
    {
        Title = title;
        Min = min;
        Max = max;
        _isLogarithmic = isLogarithmic;
        Ticks = [.. ticks.Where(tick => tick.Value >= min * (1 - 1e-9) && tick.Value <= max * (1 + 1e-9))];
    }

    /// <summary>An axis without values.</summary>
    public static Axis None { get; } = new(string.Empty, 0, 1, isLogarithmic: false, []);

    /// <summary>What the values are.</summary>
    public string Title { get; }

    /// <summary>The lowest value.</summary>
    public double Min { get; }

    /// <summary>The highest value.</summary>
    public double Max { get; }

    /// <summary>The values with lines, ascending.</summary>
    public IReadOnlyList<Tick> Ticks { get; }

    /// <summary>Sizes in bytes, with a line for each power of two.</summary>
    public static Axis Sizes(string title, IReadOnlyCollection<double> values)
    {
        double low = values.Min() / DoublingMargin;
        double high = values.Max() * DoublingMargin;
        IEnumerable<Tick> ticks = Enumerable.Range(0, 62)
            .Select(static power => 1L << power)
            .Select(static size => new Tick(size, ByteSize.Format(size)));
        return new Axis(title, low, high, isLogarithmic: true, ticks);
    }

    /// <summary>Positive values of any magnitude, with lines for decades and between.</summary>
    /// <param name="title">What they are.</param>
    /// <param name="values">The values.</param>
    /// <param name="label">What a value is called.</param>
    public static Axis Decades(string title, IReadOnlyCollection<double> values, Func<double, string> label)
    {
        double low = Step(values.Min() / Margin, up: false);
        double high = Step(values.Max() * Margin, up: true);
        int first = (int)Math.Floor(Math.Log10(low) + 1e-9);
        int last = (int)Math.Ceiling(Math.Log10(high) - 1e-9);

        // Where there are not two whole decades, their parts need names too.
        bool namesParts = high / low < 100;
        IEnumerable<Tick> ticks =
            from power in Enumerable.Range(first, last - first + 1)
            from digit in Enumerable.Range(1, 9)
            let value = digit * Math.Pow(10, power)
            select new Tick(value, digit == 1 || (namesParts && digit is 2 or 5) ? label(value) : null);
        return new Axis(title, low, high, isLogarithmic: true, ticks);
    }

    /// <summary>Shares of a whole, from zero on.</summary>
    public static Axis Shares(string title, double highest)
    {
        double step = Step(highest / 5, up: true);
        double high = Math.Ceiling(highest * Margin / step) * step;
        IEnumerable<Tick> ticks = Enumerable.Range(0, (int)Math.Round(high / step) + 1)
            .Select(number => number * step)
            .Select(static share => new Tick(share, string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.###} %")));
        return new Axis(title, 0, high, isLogarithmic: false, ticks);
    }

    /// <summary>Where a value lies, from 0 to 1.</summary>
    public double Fraction(double value) => _isLogarithmic
        ? (Math.Log(value) - Math.Log(Min)) / (Math.Log(Max) - Math.Log(Min))
        : (value - Min) / (Max - Min);

    /// <summary>The next of 1, 2, 5, 10 … above or below a value.</summary>
    private static double Step(double value, bool up)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 2, 5, 10];
        return decade * (up ? steps.First(step => step * decade >= value * (1 - 1e-9)) : steps.Last(step => step * decade <= value * (1 + 1e-9)));
    }
}
