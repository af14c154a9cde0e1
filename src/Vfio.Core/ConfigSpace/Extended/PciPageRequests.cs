using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The page request interface, PRI: the device asks for pages that are not there (PCI Express Base Specification, 10.5.2).</summary>
/// <param name="Control">The control register.</param>
/// <param name="Status">The status register.</param>
/// <param name="Capacity">How many requests the device can have outstanding.</param>
/// <param name="Allocation">How many it may have, as the system has set it.</param>
public readonly record struct PciPageRequests(
    ushort Control,
    ushort Status,
    uint Capacity,
    uint Allocation) : IPciCapability<PciPageRequests>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_PRI;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_PRI_SIZEOF;

    /// <summary>Whether it is switched on.</summary>
    public bool IsEnabled => (Control & PCI_PRI_CTRL_ENABLE) != 0;

    /// <summary>Whether an answer of the system made it fail.</summary>
    public bool HasFailed => (Status & PCI_PRI_STATUS_RF) != 0;

    /// <summary>Whether it got an answer to something that it had not asked for.</summary>
    public bool HasUnexpectedAnswer => (Status & PCI_PRI_STATUS_UPRGI) != 0;

    /// <summary>Whether it has stopped asking.</summary>
    public bool IsStopped => (Status & PCI_PRI_STATUS_STOPPED) != 0;

    /// <summary>Whether answers need the process address space id of the request.</summary>
    public bool NeedsPasidInAnswers => (Status & PCI_PRI_STATUS_PASID) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciPageRequests capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_PRI, PCI_EXT_CAP_PRI_SIZEOF);
        capability = isRead
            ? new PciPageRequests(bytes.U16(PCI_PRI_CTRL), bytes.U16(PCI_PRI_STATUS), bytes.U32(PCI_PRI_MAX_REQ), bytes.U32(PCI_PRI_ALLOC_REQ))
            : default;
        return isRead;
    }
}
