using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The subsystem ids of a bridge, whose header has no place for them (PCI-to-PCI Bridge Architecture Specification, 3.2.5.13). VFIO hides it.</summary>
/// <param name="VendorId">The vendor of the card or system.</param>
/// <param name="DeviceId">The id among that vendor's.</param>
public readonly record struct PciBridgeSubsystem(ushort VendorId, ushort DeviceId) : IPciCapability<PciBridgeSubsystem>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_SSVID;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_SSVID_DEVICE_ID + sizeof(ushort);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciBridgeSubsystem capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_SSVID, PCI_SSVID_DEVICE_ID + sizeof(ushort));
        capability = isRead
            ? new PciBridgeSubsystem(bytes.U16(PCI_SSVID_VENDOR_ID), bytes.U16(PCI_SSVID_DEVICE_ID))
            : default;
        return isRead;
    }
}
