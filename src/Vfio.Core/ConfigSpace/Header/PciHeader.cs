using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The first 64 bytes of a configuration space (PCI Local Bus Specification, 6.1).</summary>
public readonly record struct PciHeader
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = PCI_STD_HEADER_SIZEOF;

    private const int CardBusBars = 1;
    private const int BridgeBars = 2;

    /// <summary>The vendor's id. <c>0xffff</c> of a virtual function, whose physical function knows it; VFIO shows the right one.</summary>
    public ushort VendorId { get; private init; }

    /// <summary>The device's id among its vendor's. <c>0xffff</c> of a virtual function, whose physical function knows it; VFIO shows the right one.</summary>
    public ushort DeviceId { get; private init; }

    /// <summary>The command register.</summary>
    public PciCommand Command { get; private init; }

    /// <summary>The status register.</summary>
    public PciStatus Status { get; private init; }

    /// <summary>The revision of the device.</summary>
    public byte RevisionId { get; private init; }

    /// <summary>Class, subclass and programming interface, as <c>0xccsspp</c>.</summary>
    public uint ClassCode { get; private init; }

    /// <summary>The length of a cache line, in bytes, as the system has set it. PCI Express does without.</summary>
    public int CacheLineSize { get; private init; }

    /// <summary>The latency timer, in clocks of a conventional bus.</summary>
    public byte LatencyTimer { get; private init; }

    /// <summary>The layout of the header.</summary>
    public PciHeaderType Type { get; private init; }

    /// <summary>Whether the device has more functions than one.</summary>
    public bool IsMultifunction { get; private init; }

    /// <summary>The base address registers; none where the layout is not defined.</summary>
    public PciBarSet Bars { get; private init; }

    /// <summary>The expansion ROM; none on CardBus.</summary>
    public PciRomBar Rom { get; private init; }

    /// <summary>Vendor of the card or system, of an endpoint (type 0); zero of others, where <see cref="PciBridgeSubsystem"/> may have it.</summary>
    public ushort SubsystemVendorId { get; private init; }

    /// <summary>Id among that vendor's, of an endpoint (type 0); zero of others.</summary>
    public ushort SubsystemId { get; private init; }

    /// <summary>The interrupt line as the firmware has set it, for the system's use.</summary>
    public byte InterruptLine { get; private init; }

    /// <summary>The interrupt pin: 0 for none, 1 to 4 for INTA to INTD.</summary>
    public byte InterruptPin { get; private init; }

    /// <summary>Reads a header. Allocates nothing.</summary>
    /// <param name="bytes">The configuration space from its first byte on.</param>
    /// <param name="header">What was read.</param>
    /// <returns>Whether there are 64 bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciHeader header)
    {
        header = default;
        if (bytes.Length < Length)
        {
            return false;
        }

        var type = (PciHeaderType)(bytes[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK);
        header = new PciHeader
        {
            VendorId = bytes.U16(PCI_VENDOR_ID),
            DeviceId = bytes.U16(PCI_DEVICE_ID),
            Command = (PciCommand)bytes.U16(PCI_COMMAND),
            Status = (PciStatus)bytes.U16(PCI_STATUS),
            RevisionId = bytes[PCI_REVISION_ID],
            ClassCode = bytes.U32(PCI_CLASS_REVISION) >> 8,
            CacheLineSize = bytes[PCI_CACHE_LINE_SIZE] * sizeof(uint),
            LatencyTimer = bytes[PCI_LATENCY_TIMER],
            Type = type,
            IsMultifunction = (bytes[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MFD) != 0,
            Bars = new PciBarSet(bytes[PCI_BASE_ADDRESS_0..], BarCount(type)),
            Rom = new PciRomBar(type switch
            {
                PciHeaderType.Normal => bytes.U32(PCI_ROM_ADDRESS),
                PciHeaderType.Bridge => bytes.U32(PCI_ROM_ADDRESS1),
                _ => 0,
            }),
            SubsystemVendorId = type == PciHeaderType.Normal ? bytes.U16(PCI_SUBSYSTEM_VENDOR_ID) : (ushort)0,
            SubsystemId = type == PciHeaderType.Normal ? bytes.U16(PCI_SUBSYSTEM_ID) : (ushort)0,
            InterruptLine = bytes[PCI_INTERRUPT_LINE],
            InterruptPin = bytes[PCI_INTERRUPT_PIN],
        };
        return true;
    }

    private static int BarCount(PciHeaderType type) => type switch
    {
        PciHeaderType.Normal => PCI_STD_NUM_BARS,
        PciHeaderType.Bridge => BridgeBars,
        PciHeaderType.CardBus => CardBusBars,
        _ => 0,
    };
}
