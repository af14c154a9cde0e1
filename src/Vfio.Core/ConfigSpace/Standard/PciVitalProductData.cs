using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The way to vital product data (PCI Local Bus Specification, 6.4). The data are read through it; sysfs has them in <c>vpd</c>.</summary>
/// <param name="AddressRegister">The address register.</param>
/// <param name="Data">The data register.</param>
public readonly record struct PciVitalProductData(ushort AddressRegister, uint Data) : IPciCapability<PciVitalProductData>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_VPD;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_VPD_SIZEOF;

    /// <summary>The address of the last transfer, in bytes.</summary>
    public int Address => AddressRegister.Field(PCI_VPD_ADDR_MASK);

    /// <summary>The flag that a transfer flips when it is done.</summary>
    public bool Flag => (AddressRegister & PCI_VPD_ADDR_F) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciVitalProductData capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_VPD, PCI_CAP_VPD_SIZEOF);
        capability = isRead
            ? new PciVitalProductData(bytes.U16(PCI_VPD_ADDR), bytes.U32(PCI_VPD_DATA))
            : default;
        return isRead;
    }
}
