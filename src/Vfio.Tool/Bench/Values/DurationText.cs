using System.Globalization;

namespace Vfio.Tool.Bench.Values;

/// <summary>Times as people read them: three digits and the unit that suits them.</summary>
internal static class DurationText
{
    private static readonly string[] _units = ["ns", "µs", "ms", "s"];

    /// <summary>A measured time: <c>12.3 µs</c>.</summary>
    public static string Format(double nanoseconds)
    {
        (double value, string unit) = Scale(nanoseconds);
        return $"{ThreeDigits.Format(value)} {unit}";
    }

    /// <summary>A round time, as an axis has it: <c>10 µs</c>.</summary>
    public static string FormatTick(double nanoseconds)
    {
        (double value, string unit) = Scale(nanoseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");
    }

    private static (double Value, string Unit) Scale(double nanoseconds)
    {
        int unit = 0;

        // What rounds to 1000 of a unit is 1 of the next.
        while (unit < _units.Length - 1 && nanoseconds >= 999.5)
        {
            nanoseconds /= 1000;
            unit++;
        }

        return (nanoseconds, _units[unit]);
    }
}
