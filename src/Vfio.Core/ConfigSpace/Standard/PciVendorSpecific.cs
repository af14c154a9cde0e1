using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Registers that the vendor defines (PCI Local Bus Specification, appendix H).</summary>
/// <param name="Length">The length in bytes, with the header of 3 bytes, as the device says.</param>
public readonly record struct PciVendorSpecific(byte Length) : IPciCapability<PciVendorSpecific>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_VNDR;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_FLAGS + 1;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciVendorSpecific capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_VNDR, PCI_CAP_FLAGS + 1);
        capability = isRead
            ? new PciVendorSpecific(bytes[PCI_CAP_FLAGS])
            : default;
        return isRead;
    }
}
