using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Registers that a vendor or a consortium defines, DVSEC (PCI Express Base Specification, 7.9.6). A function may have several.</summary>
/// <param name="VendorId">Who defines them.</param>
/// <param name="Revision">The revision of the layout.</param>
/// <param name="Length">The length in bytes, with the header of 10 bytes, as the device says.</param>
/// <param name="DvsecId">What they are, as that vendor counts.</param>
public readonly record struct PciDesignatedVendorSpecific(
    ushort VendorId,
    byte Revision,
    ushort Length,
    ushort DvsecId) : IPciCapability<PciDesignatedVendorSpecific>
{
    private const ushort CxlVendor = 0x1e98;
    private const uint RevisionMask = 0xf_0000;
    private const uint LengthMask = 0xfff0_0000;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_DVSEC;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_DVSEC_HEADER2 + sizeof(ushort);

    /// <summary>Whether Compute Express Link defines them.</summary>
    public bool IsCxl => VendorId == CxlVendor;

    /// <summary>What they are, where Compute Express Link defines them and the kernel's header has a name; else null.</summary>
    public string? CxlName => !IsCxl ? null : (int)DvsecId switch
    {
        PCI_DVSEC_CXL_DEVICE => "CXL Device",
        PCI_DVSEC_CXL_FUNCTION_MAP => "Non-CXL Function Map",
        PCI_DVSEC_CXL_PORT => "CXL Port Extensions",
        PCI_DVSEC_CXL_PORT_GPF => "CXL Port Global Persistent Flush",
        PCI_DVSEC_CXL_DEVICE_GPF => "CXL Device Global Persistent Flush",
        PCI_DVSEC_CXL_FLEXBUS_PORT => "CXL Flex Bus Port",
        PCI_DVSEC_CXL_REG_LOCATOR => "CXL Register Locator",
        _ => null,
    };

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciDesignatedVendorSpecific capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_DVSEC, PCI_DVSEC_HEADER2 + sizeof(ushort));
        capability = isRead
            ? new PciDesignatedVendorSpecific(
                bytes.U16(PCI_DVSEC_HEADER1),
                (byte)bytes.U32(PCI_DVSEC_HEADER1).Field(RevisionMask),
                (ushort)bytes.U32(PCI_DVSEC_HEADER1).Field(LengthMask),
                bytes.U16(PCI_DVSEC_HEADER2))
            : default;
        return isRead;
    }
}
