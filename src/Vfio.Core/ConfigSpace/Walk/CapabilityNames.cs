using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The names of capabilities, as the specifications have them.</summary>
internal static class CapabilityNames
{
    public static string? Of(byte id) => (int)id switch
    {
        PCI_CAP_LIST_ID => "Null",
        PCI_CAP_ID_PM => "Power Management",
        PCI_CAP_ID_AGP => "AGP",
        PCI_CAP_ID_VPD => "Vital Product Data",
        PCI_CAP_ID_SLOTID => "Slot Identification",
        PCI_CAP_ID_MSI => "MSI",
        PCI_CAP_ID_CHSWP => "CompactPCI Hot Swap",
        PCI_CAP_ID_PCIX => "PCI-X",
        PCI_CAP_ID_HT => "HyperTransport",
        PCI_CAP_ID_VNDR => "Vendor Specific",
        PCI_CAP_ID_DBG => "Debug Port",
        PCI_CAP_ID_CCRC => "CompactPCI Central Resource Control",
        PCI_CAP_ID_SHPC => "Standard Hot-Plug Controller",
        PCI_CAP_ID_SSVID => "Bridge Subsystem Ids",
        PCI_CAP_ID_AGP3 => "AGP 8x",
        PCI_CAP_ID_SECDEV => "Secure Device",
        PCI_CAP_ID_EXP => "PCI Express",
        PCI_CAP_ID_MSIX => "MSI-X",
        PCI_CAP_ID_SATA => "SATA Index/Data",
        PCI_CAP_ID_AF => "Advanced Features",
        PCI_CAP_ID_EA => "Enhanced Allocation",
        _ => null,
    };

    public static string? OfExtended(ushort id) => (int)id switch
    {
        PCI_EXT_CAP_ID_ERR => "Advanced Error Reporting",
        PCI_EXT_CAP_ID_VC or PCI_EXT_CAP_ID_VC9 => "Virtual Channel",
        PCI_EXT_CAP_ID_DSN => "Device Serial Number",
        PCI_EXT_CAP_ID_PWR => "Power Budgeting",
        PCI_EXT_CAP_ID_RCLD => "Root Complex Link Declaration",
        PCI_EXT_CAP_ID_RCILC => "Root Complex Internal Link Control",
        PCI_EXT_CAP_ID_RCEC => "Root Complex Event Collector",
        PCI_EXT_CAP_ID_MFVC => "Multi-Function Virtual Channel",
        PCI_EXT_CAP_ID_RCRB => "Root Complex Register Block",
        PCI_EXT_CAP_ID_VNDR => "Vendor-Specific Extended",
        PCI_EXT_CAP_ID_CAC => "Configuration Access Correlation",
        PCI_EXT_CAP_ID_ACS => "Access Control Services",
        PCI_EXT_CAP_ID_ARI => "Alternative Routing-ID Interpretation",
        PCI_EXT_CAP_ID_ATS => "Address Translation Services",
        PCI_EXT_CAP_ID_SRIOV => "Single Root I/O Virtualization",
        PCI_EXT_CAP_ID_MRIOV => "Multi Root I/O Virtualization",
        PCI_EXT_CAP_ID_MCAST => "Multicast",
        PCI_EXT_CAP_ID_PRI => "Page Request Interface",
        PCI_EXT_CAP_ID_AMD_XXX => "AMD (reserved)",
        PCI_EXT_CAP_ID_REBAR => "Resizable BAR",
        PCI_EXT_CAP_ID_DPA => "Dynamic Power Allocation",
        PCI_EXT_CAP_ID_TPH => "TPH Requester",
        PCI_EXT_CAP_ID_LTR => "Latency Tolerance Reporting",
        PCI_EXT_CAP_ID_SECPCI => "Secondary PCI Express",
        PCI_EXT_CAP_ID_PMUX => "Protocol Multiplexing",
        PCI_EXT_CAP_ID_PASID => "Process Address Space ID",
        PCI_EXT_CAP_ID_DPC => "Downstream Port Containment",
        PCI_EXT_CAP_ID_L1SS => "L1 PM Substates",
        PCI_EXT_CAP_ID_PTM => "Precision Time Measurement",
        PCI_EXT_CAP_ID_DVSEC => "Designated Vendor-Specific Extended",
        PCI_EXT_CAP_ID_VF_REBAR => "VF Resizable BAR",
        PCI_EXT_CAP_ID_DLF => "Data Link Feature",
        PCI_EXT_CAP_ID_PL_16GT => "Physical Layer 16.0 GT/s",
        PCI_EXT_CAP_ID_NPEM => "Native PCIe Enclosure Management",
        PCI_EXT_CAP_ID_PL_32GT => "Physical Layer 32.0 GT/s",
        PCI_EXT_CAP_ID_DOE => "Data Object Exchange",
        PCI_EXT_CAP_ID_DEV3 => "Device 3",
        PCI_EXT_CAP_ID_IDE => "Integrity and Data Encryption",
        PCI_EXT_CAP_ID_PL_64GT => "Physical Layer 64.0 GT/s",
        _ => null,
    };
}
