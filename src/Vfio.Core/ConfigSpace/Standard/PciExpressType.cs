namespace Vfio.Core;

/// <summary>What a function is in PCI Express.</summary>
public enum PciExpressType
{
    /// <summary>An endpoint.</summary>
    Endpoint = 0,

    /// <summary>An endpoint that may need I/O ports or locks.</summary>
    LegacyEndpoint = 1,

    /// <summary>A port of the root complex.</summary>
    RootPort = 4,

    /// <summary>The port of a switch towards the root complex.</summary>
    UpstreamPort = 5,

    /// <summary>A port of a switch towards devices.</summary>
    DownstreamPort = 6,

    /// <summary>A bridge from PCI Express to conventional PCI.</summary>
    PciBridge = 7,

    /// <summary>A bridge from conventional PCI to PCI Express.</summary>
    ExpressBridge = 8,

    /// <summary>An endpoint in the root complex.</summary>
    IntegratedEndpoint = 9,

    /// <summary>A collector of events in the root complex.</summary>
    EventCollector = 10,
}
