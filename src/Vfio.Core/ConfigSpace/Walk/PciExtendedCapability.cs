namespace Vfio.Core;

/// <summary>A capability behind the first 256 bytes of a configuration space, which only PCI Express has.</summary>
/// <param name="Id">Its id, as <c>PCI_EXT_CAP_ID_*</c> numbers them.</param>
/// <param name="Version">The version of its layout.</param>
/// <param name="Offset">Where it begins in the configuration space, in bytes.</param>
public readonly record struct PciExtendedCapability(ushort Id, byte Version, int Offset)
{
    /// <summary>What the specification calls it, such as <c>Access Control Services</c>; null where the kernel's header has no such id.</summary>
    public string? Name => CapabilityNames.OfExtended(Id);
}
