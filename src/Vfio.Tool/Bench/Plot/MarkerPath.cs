using System.Globalization;

namespace Vfio.Tool.Bench.Plot;

/// <summary>The outlines of marks.</summary>
internal static class MarkerPath
{
    private const double Radius = 4;

    /// <summary>The path of a mark around a point.</summary>
    public static string Of(MarkerShape shape, double x, double y)
    {
        string start = $"M{SvgWriter.Number(x)} {SvgWriter.Number(y)}";
        return start + shape switch
        {
            MarkerShape.Circle => Scaled($"m{-1} 0a{1} {1} 0 1 0 {2} 0a{1} {1} 0 1 0 {-2} 0z"),
            MarkerShape.Square => Scaled($"m{-0.9} {-0.9}h{1.8}v{1.8}h{-1.8}z"),
            MarkerShape.Triangle => Scaled($"m0 {-1.2}l{1.15} {2}h{-2.3}z"),
            MarkerShape.Diamond => Scaled($"m0 {-1.3}l{1.3} {1.3}l{-1.3} {1.3}l{-1.3} {-1.3}z"),
            MarkerShape.Inverted => Scaled($"m0 {1.2}l{1.15} {-2}h{-2.3}z"),
            MarkerShape.Cross => Scaled($"m{-1} {-1}l{2} {2}m0 {-2}l{-2} {2}"),
            _ => Scaled($"m{-1.2} 0h{2.4}m{-1.2} {-1.2}v{2.4}"),
        };
    }

    // The holes are in radii.
    private static string Scaled(FormattableString path)
        => string.Format(
            CultureInfo.InvariantCulture,
            path.Format,
            [.. path.GetArguments().Select(static argument => SvgWriter.Number(Radius * Convert.ToDouble(argument, CultureInfo.InvariantCulture)))]);
}
