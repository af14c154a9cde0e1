using System.Globalization;

namespace Vfio.FloorComparison;

/// <summary>The results as a table for people.</summary>
internal static class Table
{
    public static void Write(TextWriter output, IReadOnlyCollection<Result> results)
    {
        int name = results.Max(static result => result.Name.Length);
        output.WriteLine($"{"row".PadRight(name)}  backend       sdk ns     floor ns   ratio   bytes");
        foreach (Result result in results)
        {
            output.WriteLine(
                $"{result.Name.PadRight(name)}  {result.Backend,-7} {Time(result.Sdk.Nanoseconds),12} {Time(result.FloorNanoseconds),12}"
                + $" {Text(result.Ratio, "F3"),7} {Text(result.Sdk.Bytes, "0.#"),7}");
        }
    }

    // What takes nanoseconds is told to the hundredth, what takes longer to the nanosecond.
    private static string Time(double nanoseconds) => Text(nanoseconds, nanoseconds < 100 ? "F2" : "F0");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
