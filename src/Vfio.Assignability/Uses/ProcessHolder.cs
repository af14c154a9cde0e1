namespace Vfio.Assignability;

/// <summary>A process that has a node open.</summary>
/// <param name="Id">Its number (pid).</param>
/// <param name="Name">Its name (<c>comm</c>), or null where it cannot be read.</param>
/// <param name="Node">The node that it has open, such as <c>/dev/vfio/3</c>.</param>
public sealed record ProcessHolder(int Id, string? Name, string Node);
