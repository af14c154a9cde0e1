namespace Vfio.Core;

/// <summary>The bridge control register (PCI-to-PCI Bridge Architecture Specification, 3.2.5.18).</summary>
[Flags]
public enum PciBridgeControl
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It acts on parity errors of the secondary bus.</summary>
    ParityErrorResponse = 0x1,

    /// <summary>It forwards system errors.</summary>
    SystemError = 0x2,

    /// <summary>It keeps the ISA addresses of its I/O window from the secondary bus.</summary>
    IsaEnable = 0x4,

    /// <summary>It forwards the addresses of VGA.</summary>
    VgaEnable = 0x8,

    /// <summary>It reports master aborts.</summary>
    MasterAbort = 0x20,

    /// <summary>It holds the secondary bus in reset.</summary>
    SecondaryBusReset = 0x40,

    /// <summary>It may send fast back-to-back transactions.</summary>
    FastBackToBack = 0x80,
}
