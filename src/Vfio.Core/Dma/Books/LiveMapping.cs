namespace Vfio.Core;

/// <summary>One live mapping in the books. Small and with one reference, because one is written for every mapping that is made.</summary>
internal struct LiveMapping
{
    /// <summary>The address by which the kernel knows it.</summary>
    public Iova Key;

    /// <summary>The address for the device: the key, where an IOMMU translates.</summary>
    public Iova Iova;

    /// <summary>The length in bytes.</summary>
    public ulong Size;

    /// <summary>The first byte in this process, or zero where the process does not see it.</summary>
    public nint Address;

    /// <summary>A number that no other mapping has, by which a value that is out of date is told; zero where nothing is live.</summary>
    public long Serial;

    /// <summary>The object that it is, or null where it is a value (<see cref="StreamingMapping"/>).</summary>
    public DmaMapping? Owner;

    /// <summary>Whether the caller chose the address, so that it is nobody else's by the library's choice.</summary>
    public bool IsChosen;

    /// <summary>What devices may do.</summary>
    public DmaAccess Access;

    /// <summary>What is behind it.</summary>
    public readonly DmaSource Source => Owner is null ? new DmaSource(Address) : Owner.Source;
}
