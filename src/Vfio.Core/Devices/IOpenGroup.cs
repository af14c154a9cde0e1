namespace Vfio.Core;

/// <summary>
/// An IOMMU group that this process owns, or a device that the kernel puts in none. Its members share an address space. It is owned as
/// long as somebody holds a reference.
/// </summary>
internal interface IOpenGroup
{
    /// <summary>The number of the group, or the name of the device.</summary>
    string Unit { get; }

    /// <summary>The address space of its devices.</summary>
    AddressSpace Space { get; }

    /// <summary>Adds a reference if it is still owned.</summary>
    bool TryAddReference();

    void RemoveReference();
}
