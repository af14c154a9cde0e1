namespace Vfio.Assignability;

/// <summary>A descriptor of a process that is open on a node, or on a device through VFIO.</summary>
/// <param name="Process">The process's number.</param>
/// <param name="Node">The node, or for a device's descriptor the device's folder in sysfs.</param>
/// <param name="Evidence">The descriptor's link, or what the kernel says of the descriptor.</param>
internal sealed record NodeHolder(int Process, string Node, Evidence Evidence);
