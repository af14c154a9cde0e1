using Spectre.Console;
using Vfio.Tool.Output;

namespace Vfio.Tool.Bench.Report;

/// <summary>Where the results go: one thing to standard output, and files beside it.</summary>
/// <param name="Json">Whether standard output is JSON.</param>
/// <param name="Csv">The file for comma-separated values, <c>-</c> for standard output, or null.</param>
/// <param name="Svg">The file for the plot, or null.</param>
internal sealed record BenchOutput(bool Json, string? Csv, string? Svg)
{
    /// <summary>The name that means standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>Writes results.</summary>
    /// <param name="json">Makes them one JSON value.</param>
    /// <param name="csv">Makes them lines, the names of the columns first.</param>
    /// <param name="svg">Makes them a plot, or gives null where nothing was measured.</param>
    /// <param name="table">Makes them a table.</param>
    public void Write(Func<string> json, Func<IEnumerable<string>> csv, Func<string?> svg, Func<Table> table)
    {
        if (Json)
        {
            Console.Out.WriteLine(json());
        }
        else if (Csv == StandardOutput)
        {
            Console.Out.WriteLine(string.Join('\n', csv()));
        }
        else
        {
            Terminal.Out.Write(table());
        }

        if (Csv is not (null or StandardOutput))
        {
            File.WriteAllText(Csv, string.Join('\n', csv()) + "\n");
        }

        if (Svg is not null)
        {
            if (svg() is { } plot)
            {
                File.WriteAllText(Svg, plot);
            }
            else
            {
                Console.Error.WriteLine($"vfio: nothing was measured, and {Svg} not written");
            }
        }
    }
}
