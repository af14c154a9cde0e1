using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>One step towards giving a device away.</summary>
/// <param name="Text">What to do, in words.</param>
/// <param name="Command">The command that does it, or null where none does.</param>
/// <param name="Devices">The functions that it is done to, in order of address; none where it is done to the host.</param>
/// <param name="Reversible">Whether it can be taken back.</param>
/// <param name="Reboot">Whether it needs a reboot.</param>
public sealed record HandoverAction(string Text, string? Command, IReadOnlyList<PciAddress> Devices, bool Reversible, bool Reboot);
