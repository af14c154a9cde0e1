using System.Globalization;
using Vfio.Core;
using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Commands;

/// <summary>Reads the values of <c>vfio bench</c>'s options.</summary>
internal static class BenchValues
{
    private const int MostThreads = 1024;
    private const int MostLive = 10_000_000;
    private const int MostSamples = 1_000_000;
    private const double LongestTime = 3600;
    private const double LongestGap = 1_000_000;

    /// <summary>The back ends that map something.</summary>
    public static IReadOnlyList<VfioBackend> Backends { get; } =
        [.. Enum.GetValues<VfioBackend>().Where(static backend => backend != VfioBackend.NoIommu)];

    /// <summary>A number of bytes.</summary>
    public static long Size(string text) => ByteSize.TryParse(text, out long bytes)
        ? bytes
        : throw new FormatException($"'{text}' is not a size; write bytes, or K, M, G with or without iB: 4096, 64K, 2MiB, 1G.");

    /// <summary>The length of a mapping.</summary>
    public static long MappingSize(string text)
    {
        long bytes = Size(text);
        return bytes > 0 && bytes % Environment.SystemPageSize == 0
            ? bytes
            : throw new FormatException($"'{text}' is not whole pages of {ByteSize.Format(Environment.SystemPageSize)}.");
    }

    /// <summary>An offset in bytes, decimal, with a unit, or hexadecimal with 0x.</summary>
    public static long Offset(string text)
        => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            && value >= 0
            ? value
            : ByteSize.TryParse(text, out value)
                ? value
                : throw new FormatException($"'{text}' is not an offset; write bytes, such as 256, 0x100 or 4K.");

    public static VfioBackend Backend(string text) => VfioBackendName.TryParse(text, out VfioBackend backend)
        ? backend == VfioBackend.NoIommu
            ? throw new FormatException($"'{text}' maps nothing.")
            : backend
        : throw new FormatException($"'{text}' is not a back end; there are {string.Join(", ", Backends.Select(VfioBackendName.Of))}.");

    public static DmaPageSize Pages(string text) => PageNames.TryParse(text, out DmaPageSize pages)
        ? pages
        : throw new FormatException($"'{text}' is not a kind of pages; there are {PageNames.Choices}.");

    public static IrqKind Kind(string text)
        => Enum.TryParse(text, ignoreCase: true, out IrqKind kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(text[0])
            ? kind
            : throw new FormatException($"'{text}' is not a kind of interrupt; there are msix, msi, intx.");

    public static int Threads(string text) => Whole(text, "number of threads", 1, MostThreads);

    public static int Live(string text) => Whole(text, "number of mappings", 0, MostLive);

    public static int Samples(string text) => Whole(text, "number of samples", 1, MostSamples);

    public static int Bar(string text) => Whole(text, "BAR", 0, 5);

    public static TimeSpan Time(string text) => TimeSpan.FromSeconds(Real(text, "time in seconds", 0.001, LongestTime));

    public static TimeSpan Gap(string text) => TimeSpan.FromMicroseconds(Real(text, "time in microseconds", 0, LongestGap));

    private static int Whole(string text, string what, int lowest, int highest)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= lowest && value <= highest
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a {what} from {lowest} to {highest}."));

    private static double Real(string text, string what, double lowest, double highest)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value >= lowest
            && value <= highest
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a {what} from {lowest} to {highest}."));
}
