namespace Vfio.Assignability;

/// <summary>A file or folder of a host that could not be read.</summary>
/// <param name="Path">The path, as the host names it.</param>
/// <param name="Problem">Why not.</param>
public sealed record UnreadablePath(string Path, string Problem);
