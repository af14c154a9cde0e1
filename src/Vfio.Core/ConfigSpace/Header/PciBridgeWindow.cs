namespace Vfio.Core;

/// <summary>Addresses that a bridge forwards to its secondary bus.</summary>
/// <param name="First">The first address.</param>
/// <param name="Last">The last address. Lower than the first where the window is closed.</param>
public readonly record struct PciBridgeWindow(ulong First, ulong Last)
{
    /// <summary>Whether the bridge forwards anything.</summary>
    public bool IsOpen => First <= Last;
}
