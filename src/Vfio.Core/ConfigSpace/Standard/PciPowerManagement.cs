using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The power management of a function (PCI Bus Power Management Interface Specification, 3.2).</summary>
/// <param name="Capabilities">The register PMC.</param>
/// <param name="Control">The register PMCSR.</param>
public readonly record struct PciPowerManagement(ushort Capabilities, ushort Control) : IPciCapability<PciPowerManagement>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_PM;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_PM_SIZEOF;

    /// <summary>The version of the layout.</summary>
    public int Version => Capabilities.Field(PCI_PM_CAP_VER_MASK);

    /// <summary>Whether it has D1.</summary>
    public bool SupportsD1 => (Capabilities & PCI_PM_CAP_D1) != 0;

    /// <summary>Whether it has D2.</summary>
    public bool SupportsD2 => (Capabilities & PCI_PM_CAP_D2) != 0;

    /// <summary>The states in which it can signal PME. VFIO shows none.</summary>
    public PciPowerStates PmeStates => (PciPowerStates)Capabilities.Field(PCI_PM_CAP_PME_MASK);

    /// <summary>The state that it is in.</summary>
    public PciPowerState State => (PciPowerState)Control.Field(PCI_PM_CTRL_STATE_MASK);

    /// <summary>Whether it keeps its state on the way from D3hot to D0. Where it does not, that way is a reset.</summary>
    public bool NoSoftReset => (Control & PCI_PM_CTRL_NO_SOFT_RESET) != 0;

    /// <summary>Whether it may signal PME.</summary>
    public bool IsPmeEnabled => (Control & PCI_PM_CTRL_PME_ENABLE) != 0;

    /// <summary>Whether it would signal PME.</summary>
    public bool IsPmePending => (Control & PCI_PM_CTRL_PME_STATUS) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciPowerManagement capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_PM, PCI_PM_SIZEOF);
        capability = isRead
            ? new PciPowerManagement(bytes.U16(PCI_PM_PMC), bytes.U16(PCI_PM_CTRL))
            : default;
        return isRead;
    }
}
