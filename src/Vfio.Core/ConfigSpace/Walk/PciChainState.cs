namespace Vfio.Core;

/// <summary>How a walk along a chain of capabilities ended.</summary>
public enum PciChainState
{
    /// <summary>The chain goes on in bytes that were not read, or nothing tells whether there is one.</summary>
    Unknown,

    /// <summary>All of the chain was seen, or there is none.</summary>
    Complete,

    /// <summary>A pointer leads into the header, or from the extended space into the first 256 bytes.</summary>
    PointsBack,

    /// <summary>A pointer leads past the end of the configuration space.</summary>
    PointsPastEnd,

    /// <summary>A pointer leads to a capability that was there before.</summary>
    Cycle,

    /// <summary>A pointer leads to where all bits read as one: nothing answers there, or the device is gone.</summary>
    AllOnes,
}
