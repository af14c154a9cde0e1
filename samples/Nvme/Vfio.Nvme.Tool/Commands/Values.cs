using System.Globalization;

namespace Vfio.Nvme.Tool.Commands;

/// <summary>Reads the values of options.</summary>
internal static class Values
{
    /// <summary>A whole number in a range.</summary>
    public static long Whole(string text, string what, long lowest, long highest)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= lowest && value <= highest
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a {what} from {lowest} to {highest}."));

    /// <summary>A number of bytes: 4096, 4k, 1M, 1GiB.</summary>
    public static long Size(string text, long highest)
    {
        ReadOnlySpan<char> number = text.AsSpan().TrimEnd("iBb");
        int shift = number.IsEmpty ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        number = shift == 0 ? number : number[..^1];
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 && value <= highest >> shift
            ? value << shift
            : throw new FormatException($"'{text}' is not a size; write bytes, or K, M, G: 4096, 64K, 1M.");
    }

    /// <summary>A way to wait.</summary>
    public static WaitMode Wait(string text) => text switch
    {
        "poll" => WaitMode.Poll,
        "irq" => WaitMode.Interrupt,
        "hybrid" => WaitMode.Hybrid,
        _ => throw new FormatException($"'{text}' is not a way to wait; there are poll, irq, hybrid."),
    };

    /// <summary>A time in seconds.</summary>
    public static TimeSpan Time(string text)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value is >= 0.1 and <= 86400
            ? TimeSpan.FromSeconds(value)
            : throw new FormatException($"'{text}' is not a time in seconds from 0.1 to 86400.");
}
