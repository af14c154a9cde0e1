namespace Vfio.Assignability;

/// <summary>What to expect of a device with a display.</summary>
/// <param name="Kind"><c>vga</c>, <c>3d</c>, <c>other</c>.</param>
/// <param name="IsBootDisplay">Whether the firmware shows its messages on it.</param>
/// <param name="Output">Where pictures come out, in words: no display of a physical function can be read back.</param>
public sealed record DisplayLimits(string Kind, bool? IsBootDisplay, string Output);
