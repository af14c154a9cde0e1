namespace Vfio.Core;

/// <summary>The end of a chain of capabilities.</summary>
/// <param name="State">How it ended.</param>
/// <param name="Offset">Where the chain breaks off or goes on unseen, in bytes; zero where it is complete.</param>
public readonly record struct PciChainEnd(PciChainState State, int Offset)
{
    /// <summary>Whether all of the chain was seen, so that what is not in it is not there.</summary>
    public bool IsComplete => State == PciChainState.Complete;

    /// <summary>Whether the chain is malformed.</summary>
    public bool IsMalformed => State > PciChainState.Complete;

    /// <summary>What is wrong or not known, such as <c>closes a cycle at 0x40</c>; null where the chain is complete.</summary>
    public string? Problem => State switch
    {
        PciChainState.Complete => null,
        PciChainState.PointsBack when Offset < Native.PciRegs.PCI_STD_HEADER_SIZEOF => $"points into the header at 0x{Offset:x}",
        PciChainState.PointsBack => $"points into the first 256 bytes at 0x{Offset:x}",
        PciChainState.PointsPastEnd => $"points past the end at 0x{Offset:x}",
        PciChainState.Cycle => $"closes a cycle at 0x{Offset:x}",
        PciChainState.AllOnes => $"leads to where nothing answers at 0x{Offset:x}",
        _ => $"is not known from 0x{Offset:x} on",
    };
}
