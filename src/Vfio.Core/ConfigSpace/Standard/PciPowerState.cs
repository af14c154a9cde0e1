namespace Vfio.Core;

/// <summary>A state of power (PCI Bus Power Management Interface Specification, 5).</summary>
public enum PciPowerState
{
    /// <summary>On.</summary>
    D0 = 0,

    /// <summary>A light sleep.</summary>
    D1 = 1,

    /// <summary>A deeper sleep.</summary>
    D2 = 2,

    /// <summary>Off as far as software does it: the function answers to configuration accesses only.</summary>
    D3Hot = 3,
}
