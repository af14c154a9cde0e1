namespace Vfio.FloorComparison;

/// <summary>What came out of a row.</summary>
/// <param name="Results">One for each of its names.</param>
/// <param name="Note">What to print below the table, or null.</param>
internal readonly record struct Conclusion(IReadOnlyList<Result> Results, string? Note = null);
