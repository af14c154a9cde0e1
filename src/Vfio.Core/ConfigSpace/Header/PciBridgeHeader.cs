using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>What the header of a bridge to PCI, or of a port of PCI Express, has besides (PCI-to-PCI Bridge Architecture Specification, 3.2).</summary>
public readonly record struct PciBridgeHeader
{
    private const uint MemoryGranule = 0xf_ffff;
    private const uint IOGranule = 0xfff;
    private const uint NibbleMask = 0xf0;
    private const uint WordMask = 0xfff0;

    /// <summary>The bus that it is on.</summary>
    public byte PrimaryBus { get; private init; }

    /// <summary>The bus behind it.</summary>
    public byte SecondaryBus { get; private init; }

    /// <summary>The last of the buses behind it.</summary>
    public byte SubordinateBus { get; private init; }

    /// <summary>The latency timer of the secondary bus, in its clocks.</summary>
    public byte SecondaryLatencyTimer { get; private init; }

    /// <summary>The status of the secondary bus.</summary>
    public PciStatus SecondaryStatus { get; private init; }

    /// <summary>The bridge control register.</summary>
    public PciBridgeControl Control { get; private init; }

    /// <summary>The window of I/O ports.</summary>
    public PciBridgeWindow IO { get; private init; }

    /// <summary>The window of memory.</summary>
    public PciBridgeWindow Memory { get; private init; }

    /// <summary>The window of memory that may be prefetched.</summary>
    public PciBridgeWindow PrefetchableMemory { get; private init; }

    /// <summary>Reads the header of a bridge. Allocates nothing.</summary>
    /// <param name="bytes">The configuration space from its first byte on.</param>
    /// <param name="header">What was read.</param>
    /// <returns>Whether there are 64 bytes, of a header of this type.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciBridgeHeader header)
    {
        header = default;
        if (bytes.Length < PciHeader.Length || (bytes[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK) != PCI_HEADER_TYPE_BRIDGE)
        {
            return false;
        }

        header = new PciBridgeHeader
        {
            PrimaryBus = bytes[PCI_PRIMARY_BUS],
            SecondaryBus = bytes[PCI_SECONDARY_BUS],
            SubordinateBus = bytes[PCI_SUBORDINATE_BUS],
            SecondaryLatencyTimer = bytes[PCI_SEC_LATENCY_TIMER],
            SecondaryStatus = (PciStatus)bytes.U16(PCI_SEC_STATUS),
            Control = (PciBridgeControl)bytes.U16(PCI_BRIDGE_CONTROL),
            IO = IOWindow(bytes),
            Memory = new PciBridgeWindow(
                (bytes.U16(PCI_MEMORY_BASE) & WordMask) << 16,
                ((bytes.U16(PCI_MEMORY_LIMIT) & WordMask) << 16) | MemoryGranule),
            PrefetchableMemory = PrefetchableWindow(bytes),
        };
        return true;
    }

    private static PciBridgeWindow IOWindow(ReadOnlySpan<byte> bytes)
    {
        uint first = (bytes[PCI_IO_BASE] & NibbleMask) << 8;
        uint last = ((bytes[PCI_IO_LIMIT] & NibbleMask) << 8) | IOGranule;
        if ((bytes[PCI_IO_BASE] & (uint)PCI_IO_RANGE_TYPE_MASK) == PCI_IO_RANGE_TYPE_32)
        {
            first |= (uint)bytes.U16(PCI_IO_BASE_UPPER16) << 16;
            last |= (uint)bytes.U16(PCI_IO_LIMIT_UPPER16) << 16;
        }

        return new PciBridgeWindow(first, last);
    }

    private static PciBridgeWindow PrefetchableWindow(ReadOnlySpan<byte> bytes)
    {
        ulong first = (bytes.U16(PCI_PREF_MEMORY_BASE) & WordMask) << 16;
        ulong last = ((bytes.U16(PCI_PREF_MEMORY_LIMIT) & WordMask) << 16) | MemoryGranule;
        if ((bytes[PCI_PREF_MEMORY_BASE] & (uint)PCI_PREF_RANGE_TYPE_MASK) == PCI_PREF_RANGE_TYPE_64)
        {
            first |= (ulong)bytes.U32(PCI_PREF_BASE_UPPER32) << 32;
            last |= (ulong)bytes.U32(PCI_PREF_LIMIT_UPPER32) << 32;
        }

        return new PciBridgeWindow(first, last);
    }
}
