using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Hints for where transfers are processed, TPH (PCI Express Base Specification, 7.9.13).</summary>
/// <param name="Capabilities">The capability register.</param>
/// <param name="Control">The control register.</param>
public readonly record struct PciTransactionHints(uint Capabilities, uint Control) : IPciCapability<PciTransactionHints>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_TPH;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_TPH_BASE_SIZEOF;

    /// <summary>Whether it can do without steering tags.</summary>
    public bool SupportsNoTags => (Capabilities & PCI_TPH_CAP_ST_NS) != 0;

    /// <summary>Whether it can take steering tags by interrupt vector.</summary>
    public bool SupportsTagsByVector => (Capabilities & PCI_TPH_CAP_ST_IV) != 0;

    /// <summary>Whether it can take steering tags as the device likes.</summary>
    public bool SupportsTagsByDevice => (Capabilities & PCI_TPH_CAP_ST_DS) != 0;

    /// <summary>Whether it can send steering tags of 16 bits.</summary>
    public bool SupportsExtendedTags => (Capabilities & PCI_TPH_CAP_EXT_TPH) != 0;

    /// <summary>Where its table of steering tags is. Other numbers than those of the type are not defined.</summary>
    public PciSteeringTable Table => (PciSteeringTable)Capabilities.Field(PCI_TPH_CAP_LOC_MASK);

    /// <summary>How many tags the table has; zero without one.</summary>
    public int TableSize => Table == PciSteeringTable.None ? 0 : Capabilities.Field(PCI_TPH_CAP_ST_MASK) + 1;

    /// <summary>Whether the function sends hints.</summary>
    public bool IsEnabled => (Control & PCI_TPH_CTRL_REQ_EN_MASK) != PCI_TPH_REQ_DISABLE;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciTransactionHints capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_TPH, PCI_TPH_BASE_SIZEOF);
        capability = isRead
            ? new PciTransactionHints(bytes.U32(PCI_TPH_CAP), bytes.U32(PCI_TPH_CTRL))
            : default;
        return isRead;
    }
}
