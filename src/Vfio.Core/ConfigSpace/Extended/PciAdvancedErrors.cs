using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Advanced error reporting, without the logs (PCI Express Base Specification, 7.8.4).</summary>
/// <param name="Uncorrectable">The errors that were seen.</param>
/// <param name="UncorrectableMask">Those that are not reported.</param>
/// <param name="Severity">Those that are reported as fatal.</param>
/// <param name="Correctable">The errors that were seen and corrected.</param>
/// <param name="CorrectableMask">Those that are not reported.</param>
/// <param name="Control">The capabilities and control register.</param>
public readonly record struct PciAdvancedErrors(
    PciUncorrectableErrors Uncorrectable,
    PciUncorrectableErrors UncorrectableMask,
    PciUncorrectableErrors Severity,
    PciCorrectableErrors Correctable,
    PciCorrectableErrors CorrectableMask,
    uint Control) : IPciCapability<PciAdvancedErrors>
{
    private const uint FirstErrorMask = 0x1f;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_ERR;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_ERR_HEADER_LOG;

    /// <summary>The number of the bit of the first error that was not corrected.</summary>
    public int FirstError => Control.Field(FirstErrorMask);

    /// <summary>Whether the function adds checksums to what it sends.</summary>
    public bool IsEcrcGenerationEnabled => (Control & PCI_ERR_CAP_ECRC_GENE) != 0;

    /// <summary>Whether the function checks the checksums of what it gets.</summary>
    public bool IsEcrcCheckEnabled => (Control & PCI_ERR_CAP_ECRC_CHKE) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciAdvancedErrors capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_ERR, PCI_ERR_HEADER_LOG);
        capability = isRead
            ? new PciAdvancedErrors(
                (PciUncorrectableErrors)bytes.U32(PCI_ERR_UNCOR_STATUS),
                (PciUncorrectableErrors)bytes.U32(PCI_ERR_UNCOR_MASK),
                (PciUncorrectableErrors)bytes.U32(PCI_ERR_UNCOR_SEVER),
                (PciCorrectableErrors)bytes.U32(PCI_ERR_COR_STATUS),
                (PciCorrectableErrors)bytes.U32(PCI_ERR_COR_MASK),
                bytes.U32(PCI_ERR_CAP))
            : default;
        return isRead;
    }
}
