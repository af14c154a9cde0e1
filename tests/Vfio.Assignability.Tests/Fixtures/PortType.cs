namespace Vfio.Assignability.Tests;

/// <summary>The kinds of PCI Express functions (PCI Express Capabilities register, Device/Port Type).</summary>
internal enum PortType
{
    Endpoint = 0,
    Root = 4,
    Upstream = 5,
    Downstream = 6,
    ToConventional = 7,
    Integrated = 9,
}
