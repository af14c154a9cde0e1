namespace Vfio.Core;

/// <summary>States of power, such as those in which a function can signal PME.</summary>
[Flags]
public enum PciPowerStates
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>On.</summary>
    D0 = 0x1,

    /// <summary>A light sleep.</summary>
    D1 = 0x2,

    /// <summary>A deeper sleep.</summary>
    D2 = 0x4,

    /// <summary>Off by software.</summary>
    D3Hot = 0x8,

    /// <summary>Without power.</summary>
    D3Cold = 0x10,
}
