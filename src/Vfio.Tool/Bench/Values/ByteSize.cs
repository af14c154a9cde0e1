using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vfio.Tool.Bench.Values;

/// <summary>Sizes in bytes as people write them: <c>4096</c>, <c>4K</c>, <c>4KiB</c>, <c>2M</c>, <c>1GiB</c>. All are powers of 1024.</summary>
internal static class ByteSize
{
    private static readonly string[] _units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Reads a size, in any case of letters, with or without a space before the unit.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> unit = digits < 0 ? [] : rest[digits..].TrimStart();
        if (!long.TryParse(digits < 0 ? rest : rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || !TryParseUnit(unit, out int shift)
            || number > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }

    /// <summary>The size in the largest unit that leaves a whole number: <c>64 KiB</c>.</summary>
    public static string Format(long bytes)
    {
        int unit = 0;
        while (unit < _units.Length - 1 && bytes != 0 && (bytes & 1023) == 0)
        {
            bytes >>= 10;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {_units[unit]}");
    }

    /// <summary>An amount, such as of free memory, rounded down to whole MiB.</summary>
    public static string FormatAmount(long bytes) => bytes < 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB");

    // K, KB and KiB are the same here: nobody maps powers of ten.
    private static bool TryParseUnit(ReadOnlySpan<char> unit, out int shift)
    {
        shift = 0;
        if (unit.IsEmpty || unit.Equals("B", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        shift = 10 * (1 + "KMGT".IndexOf(char.ToUpperInvariant(unit[0]), StringComparison.Ordinal));
        ReadOnlySpan<char> rest = unit[1..];
        return shift > 0
            && (rest.IsEmpty
                || rest.Equals("B", StringComparison.OrdinalIgnoreCase)
                || rest.Equals("iB", StringComparison.OrdinalIgnoreCase));
    }
}
