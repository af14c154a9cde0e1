namespace Vfio.Assignability;

/// <summary>A default route.</summary>
/// <param name="Interface">The interface that it leads to.</param>
/// <param name="Line">The table's line.</param>
internal sealed record Route(string Interface, Evidence Line);
