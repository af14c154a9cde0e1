namespace Vfio.Core;

/// <summary>The layout of a header. Other numbers than these are not defined.</summary>
public enum PciHeaderType
{
    /// <summary>An endpoint (type 0).</summary>
    Normal = 0,

    /// <summary>A bridge to PCI, or a port of PCI Express (type 1).</summary>
    Bridge = 1,

    /// <summary>A bridge to CardBus (type 2).</summary>
    CardBus = 2,
}
