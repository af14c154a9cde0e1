using System.Globalization;

namespace Vfio.Tool.Bench.Values;

/// <summary>Numbers with the three digits that a measurement is worth.</summary>
internal static class ThreeDigits
{
    /// <summary>A round number, as an axis has it.</summary>
    public static string FormatTick(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);

    /// <summary>A measured number.</summary>
    public static string Format(double value)
    {
        int decimals = value switch
        {
            >= 99.95 or 0 => 0,
            >= 9.995 => 1,
            >= 0.9995 => 2,
            _ => Math.Min(2 - (int)Math.Floor(Math.Log10(value)), 9),
        };
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
