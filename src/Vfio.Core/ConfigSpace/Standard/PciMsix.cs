using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Message signalled interrupts from a table in a BAR (PCI Local Bus Specification, 6.8.2).</summary>
/// <param name="Control">The control register.</param>
/// <param name="Table">The register that says where the table is.</param>
/// <param name="PendingBits">The register that says where the pending bits are.</param>
public readonly record struct PciMsix(ushort Control, uint Table, uint PendingBits) : IPciCapability<PciMsix>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_MSIX;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_MSIX_SIZEOF;

    /// <summary>How many vectors there are, 1 to 2048.</summary>
    public int TableSize => (Control & PCI_MSIX_FLAGS_QSIZE) + 1;

    /// <summary>Whether messages are sent. With VFIO the interrupt set of the device decides that.</summary>
    public bool IsEnabled => (Control & PCI_MSIX_FLAGS_ENABLE) != 0;

    /// <summary>Whether all vectors are masked.</summary>
    public bool IsMasked => (Control & PCI_MSIX_FLAGS_MASKALL) != 0;

    /// <summary>The BAR with the table; 6 and 7 are none.</summary>
    public int TableBar => Table.Field(PCI_MSIX_TABLE_BIR);

    /// <summary>Where the table begins in that BAR, in bytes.</summary>
    public uint TableOffset => Table & PCI_MSIX_TABLE_OFFSET;

    /// <summary>The BAR with the pending bits; 6 and 7 are none.</summary>
    public int PendingBitsBar => PendingBits.Field(PCI_MSIX_PBA_BIR);

    /// <summary>Where the pending bits begin in that BAR, in bytes.</summary>
    public uint PendingBitsOffset => PendingBits & PCI_MSIX_PBA_OFFSET;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciMsix capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_MSIX, PCI_CAP_MSIX_SIZEOF);
        capability = isRead
            ? new PciMsix(bytes.U16(PCI_MSIX_FLAGS), bytes.U32(PCI_MSIX_TABLE), bytes.U32(PCI_MSIX_PBA))
            : default;
        return isRead;
    }
}
