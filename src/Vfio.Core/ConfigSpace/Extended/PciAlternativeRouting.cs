using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Alternative routing-id interpretation, ARI, which gives a device more than 8 functions (PCI Express Base Specification, 7.8.7).</summary>
/// <param name="Capabilities">The capability register.</param>
/// <param name="Control">The control register.</param>
public readonly record struct PciAlternativeRouting(ushort Capabilities, ushort Control) : IPciCapability<PciAlternativeRouting>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_ARI;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_ARI_SIZEOF;

    /// <summary>The next function of the device; 0 after the last.</summary>
    public int NextFunction => Capabilities >> 8;

    /// <summary>Whether functions can be put into groups for arbitration.</summary>
    public bool HasArbitrationGroups => (Capabilities & PCI_ARI_CAP_MFVC) != 0;

    /// <summary>Whether functions can be put into groups for access control.</summary>
    public bool HasAccessControlGroups => (Capabilities & PCI_ARI_CAP_ACS) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciAlternativeRouting capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_ARI, PCI_EXT_CAP_ARI_SIZEOF);
        capability = isRead
            ? new PciAlternativeRouting(bytes.U16(PCI_ARI_CAP), bytes.U16(PCI_ARI_CTRL))
            : default;
        return isRead;
    }
}
