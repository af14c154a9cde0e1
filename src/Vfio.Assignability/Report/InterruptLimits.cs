namespace Vfio.Assignability;

/// <summary>The interrupts of a device.</summary>
/// <param name="MsiX">How many vectors of MSI-X it has; 0 where it has none.</param>
/// <param name="Msi">How many vectors of MSI it has; 0 where it has none.</param>
/// <param name="Intx">Whether it has a line.</param>
/// <param name="Isolated">Whether its message signalled interrupts are kept from other devices' (interrupt remapping).</param>
public sealed record InterruptLimits(int? MsiX, int? Msi, bool? Intx, bool? Isolated);
