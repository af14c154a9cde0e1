using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Resources with fixed addresses, in place of BARs (PCI Express Base Specification, 7.8.5). VFIO hides it.</summary>
/// <param name="EntryCount">How many entries there are. <see cref="PciEnhancedAllocationEntries"/> reads them.</param>
public readonly record struct PciEnhancedAllocation(byte EntryCount) : IPciCapability<PciEnhancedAllocation>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_EA;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_SIZEOF;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciEnhancedAllocation capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_EA, PCI_CAP_SIZEOF);
        capability = isRead
            ? new PciEnhancedAllocation((byte)(bytes[PCI_EA_NUM_ENT] & PCI_EA_NUM_ENT_MASK))
            : default;
        return isRead;
    }
}
