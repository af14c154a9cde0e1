namespace Vfio.Assignability;

/// <summary>The power management of a device, as the kernel states it; null for what it does not state.</summary>
/// <param name="State">The present state, such as <c>D0</c> (<c>power_state</c>).</param>
/// <param name="RuntimeStatus">Whether it is suspended (<c>power/runtime_status</c>).</param>
/// <param name="Control">Whether it may be suspended at run time: <c>auto</c> or <c>on</c> (<c>power/control</c>).</param>
/// <param name="D3cold">Whether its power may be taken away (<c>d3cold_allowed</c>).</param>
public sealed record PowerLimits(string? State, string? RuntimeStatus, string? Control, bool? D3cold);
