namespace Vfio.Core;

/// <summary>A capability in the first 256 bytes of a configuration space.</summary>
/// <param name="Id">Its id, as <c>PCI_CAP_ID_*</c> numbers them.</param>
/// <param name="Offset">Where it begins in the configuration space, in bytes.</param>
public readonly record struct PciCapability(byte Id, int Offset)
{
    /// <summary>What the specification calls it, such as <c>MSI-X</c>; null where the kernel's header has no such id.</summary>
    public string? Name => CapabilityNames.Of(Id);
}
