using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The serial number of a device (PCI Express Base Specification, 7.9.3).</summary>
/// <param name="Value">The number, an EUI-64. It is written with the high byte first.</param>
public readonly record struct PciSerialNumber(ulong Value) : IPciCapability<PciSerialNumber>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_DSN;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_DSN_SIZEOF;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciSerialNumber capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_DSN, PCI_EXT_CAP_DSN_SIZEOF);
        capability = isRead
            ? new PciSerialNumber(bytes.U64(sizeof(uint)))
            : default;
        return isRead;
    }
}
