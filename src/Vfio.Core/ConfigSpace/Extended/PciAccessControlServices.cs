using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Access control services (PCI Express Base Specification, 7.7.11). Without them peers reach each other past the IOMMU.</summary>
/// <param name="CapabilityRegister">The capability register.</param>
/// <param name="ControlRegister">The control register.</param>
public readonly record struct PciAccessControlServices(
    ushort CapabilityRegister,
    ushort ControlRegister) : IPciCapability<PciAccessControlServices>
{
    private const ushort Known = PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF | PCI_ACS_EC | PCI_ACS_DT;
    private const int MostEgressBits = 256;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_ACS;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_ACS_CTRL + sizeof(ushort);

    /// <summary>What the function can do.</summary>
    public PciAccessControl Supported => (PciAccessControl)(CapabilityRegister & Known);

    /// <summary>What is switched on.</summary>
    public PciAccessControl Enabled => (PciAccessControl)(ControlRegister & Known);

    /// <summary>How many bits the table of egress control has; zero without it.</summary>
    public int EgressControlBits => !Supported.HasFlag(PciAccessControl.EgressControl) ? 0
        : CapabilityRegister >> 8 is var bits and not 0 ? bits
        : MostEgressBits;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciAccessControlServices capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_ACS, PCI_ACS_CTRL + sizeof(ushort));
        capability = isRead
            ? new PciAccessControlServices(bytes.U16(PCI_ACS_CAP), bytes.U16(PCI_ACS_CTRL))
            : default;
        return isRead;
    }
}
