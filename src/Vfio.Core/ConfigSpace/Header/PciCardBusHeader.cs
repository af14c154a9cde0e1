using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>What the header of a bridge to CardBus has besides.</summary>
public readonly record struct PciCardBusHeader
{
    /// <summary>The bus that it is on.</summary>
    public byte PrimaryBus { get; private init; }

    /// <summary>The bus of the card.</summary>
    public byte CardBus { get; private init; }

    /// <summary>The last of the buses behind it.</summary>
    public byte SubordinateBus { get; private init; }

    /// <summary>The latency timer of the card's bus, in its clocks.</summary>
    public byte CardLatencyTimer { get; private init; }

    /// <summary>The status of the card's bus.</summary>
    public PciStatus SecondaryStatus { get; private init; }

    /// <summary>The bridge control register, whose bits mean something else from 0x80 on: 16-bit interrupts, prefetching, posted writes.</summary>
    public PciBridgeControl Control { get; private init; }

    /// <summary>Reads the header of a bridge to CardBus. Allocates nothing.</summary>
    /// <param name="bytes">The configuration space from its first byte on.</param>
    /// <param name="header">What was read.</param>
    /// <returns>Whether there are 64 bytes, of a header of this type.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciCardBusHeader header)
    {
        header = default;
        if (bytes.Length < PciHeader.Length || (bytes[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK) != PCI_HEADER_TYPE_CARDBUS)
        {
            return false;
        }

        header = new PciCardBusHeader
        {
            PrimaryBus = bytes[PCI_CB_PRIMARY_BUS],
            CardBus = bytes[PCI_CB_CARD_BUS],
            SubordinateBus = bytes[PCI_CB_SUBORDINATE_BUS],
            CardLatencyTimer = bytes[PCI_CB_LATENCY_TIMER],
            SecondaryStatus = (PciStatus)bytes.U16(PCI_CB_SEC_STATUS),
            Control = (PciBridgeControl)bytes.U16(PCI_CB_BRIDGE_CONTROL),
        };
        return true;
    }
}
