using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench.Plot;

/// <summary>What stands above the panels: what was measured, on what, where and when.</summary>
internal static class Heading
{
    /// <summary>How high it is.</summary>
    public const double Height = 92;

    /// <summary>Draws it.</summary>
    public static void Draw(SvgWriter svg, string title, BenchRun run, double left, double width)
    {
        svg.Text(left, 36, TextWidth.Fit(title, 20, width), 20, isBold: true);
        svg.Text(left, 58, TextWidth.Fit(run.Subject, 13, width), 13, colour: "#444444");
        svg.Text(left, 77, TextWidth.Fit(run.Machine, 13, width), 13, colour: "#444444");
    }
}
