using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A mailbox for data objects, DOE (PCI Express Base Specification, 7.9.24). A function may have several. VFIO hides them.</summary>
/// <param name="Capabilities">The capabilities register.</param>
/// <param name="Control">The control register.</param>
/// <param name="Status">The status register.</param>
public readonly record struct PciDataObjectExchange(uint Capabilities, uint Control, uint Status) : IPciCapability<PciDataObjectExchange>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_DOE;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_DOE_STATUS + sizeof(uint);

    /// <summary>Whether it can interrupt.</summary>
    public bool SupportsInterrupt => (Capabilities & PCI_DOE_CAP_INT_SUP) != 0;

    /// <summary>The vector that it interrupts with.</summary>
    public int InterruptMessage => Capabilities.Field(PCI_DOE_CAP_INT_MSG_NUM);

    /// <summary>Whether it interrupts.</summary>
    public bool IsInterruptEnabled => (Control & PCI_DOE_CTRL_INT_EN) != 0;

    /// <summary>Whether it takes no object now.</summary>
    public bool IsBusy => (Status & PCI_DOE_STATUS_BUSY) != 0;

    /// <summary>Whether an object failed.</summary>
    public bool HasError => (Status & PCI_DOE_STATUS_ERROR) != 0;

    /// <summary>Whether an answer waits to be read.</summary>
    public bool IsAnswerReady => (Status & PCI_DOE_STATUS_DATA_OBJECT_READY) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciDataObjectExchange capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_DOE, PCI_DOE_STATUS + sizeof(uint));
        capability = isRead
            ? new PciDataObjectExchange(bytes.U32(PCI_DOE_CAP), bytes.U32(PCI_DOE_CTRL), bytes.U32(PCI_DOE_STATUS))
            : default;
        return isRead;
    }
}
