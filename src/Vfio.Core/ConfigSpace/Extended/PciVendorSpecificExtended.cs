using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Registers that the vendor of the function defines, VSEC (PCI Express Base Specification, 7.9.5). A function may have several.</summary>
/// <param name="VsecId">What they are, as the vendor counts.</param>
/// <param name="Revision">The revision of the layout.</param>
/// <param name="Length">The length in bytes, with the header of 8 bytes, as the device says.</param>
public readonly record struct PciVendorSpecificExtended(
    ushort VsecId,
    byte Revision,
    ushort Length) : IPciCapability<PciVendorSpecificExtended>
{
    private const uint RevisionMask = 0xf_0000;
    private const uint LengthMask = 0xfff0_0000;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_VNDR;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_VNDR_HEADER + sizeof(uint);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciVendorSpecificExtended capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_VNDR, PCI_VNDR_HEADER + sizeof(uint));
        capability = isRead
            ? new PciVendorSpecificExtended(
                bytes.U16(PCI_VNDR_HEADER),
                (byte)bytes.U32(PCI_VNDR_HEADER).Field(RevisionMask),
                (ushort)bytes.U32(PCI_VNDR_HEADER).Field(LengthMask))
            : default;
        return isRead;
    }
}
