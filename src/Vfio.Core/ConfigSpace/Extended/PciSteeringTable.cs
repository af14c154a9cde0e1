namespace Vfio.Core;

/// <summary>Where a function has its table of steering tags.</summary>
public enum PciSteeringTable
{
    /// <summary>It has none.</summary>
    None = 0,

    /// <summary>In the capability.</summary>
    Capability = 1,

    /// <summary>In the MSI-X table.</summary>
    MsixTable = 2,
}
