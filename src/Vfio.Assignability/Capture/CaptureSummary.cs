namespace Vfio.Assignability;

/// <summary>What a capture wrote.</summary>
/// <param name="Folder">The folder, as it was named.</param>
/// <param name="Functions">How many PCI functions are in it.</param>
/// <param name="Files">How many files.</param>
/// <param name="Links">How many links.</param>
/// <param name="Unreadable">What the host has, and this user could not read. The tree lists it too, so that a report on the tree calls it unknown.</param>
public sealed record CaptureSummary(string Folder, int Functions, int Files, int Links, IReadOnlyList<UnreadablePath> Unreadable);
