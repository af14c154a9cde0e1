namespace Vfio.Tool.Bench.Plot;

/// <summary>A value on an axis with a line of the grid.</summary>
/// <param name="Value">The value.</param>
/// <param name="Label">What it is called, or null for one in between.</param>
internal readonly record struct Tick(double Value, string? Label);
