using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Address translation services, ATS: the device keeps translations of the IOMMU (PCI Express Base Specification, 10.5.1).</summary>
/// <param name="Capabilities">The capability register.</param>
/// <param name="Control">The control register.</param>
public readonly record struct PciAddressTranslation(ushort Capabilities, ushort Control) : IPciCapability<PciAddressTranslation>
{
    private const uint QueueDepthMask = PCI_ATS_MAX_QDEP - 1;
    private const uint UnitMask = 0x1f;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_ATS;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_ATS_SIZEOF;

    /// <summary>How many invalidations the device takes at once, 1 to 32.</summary>
    public int QueueDepth => Capabilities.Field(QueueDepthMask) is var depth and not 0 ? depth : PCI_ATS_MAX_QDEP;

    /// <summary>Whether translations that it asks for begin at a page.</summary>
    public bool IsPageAligned => (Capabilities & PCI_ATS_CAP_PAGE_ALIGNED) != 0;

    /// <summary>Whether it is switched on.</summary>
    public bool IsEnabled => (Control & PCI_ATS_CTRL_ENABLE) != 0;

    /// <summary>The smallest translation, in bytes, as the system has set it.</summary>
    public ulong SmallestTranslation => 1UL << (PCI_ATS_MIN_STU + Control.Field(UnitMask));

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciAddressTranslation capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_ATS, PCI_EXT_CAP_ATS_SIZEOF);
        capability = isRead
            ? new PciAddressTranslation(bytes.U16(PCI_ATS_CAP), bytes.U16(PCI_ATS_CTRL))
            : default;
        return isRead;
    }
}
