namespace Vfio.Core;

/// <summary>One live mapping in the books.</summary>
/// <param name="Key">The address by which the kernel knows it.</param>
/// <param name="Size">The length in bytes.</param>
/// <param name="Source">What is behind it.</param>
/// <param name="Access">What devices may do.</param>
/// <param name="Serial">A number that no other mapping has, by which a value that is out of date is told.</param>
internal record struct LiveMapping(Iova Key, ulong Size, DmaSource Source, DmaAccess Access, long Serial)
{
    /// <summary>The address for the device: the key, where an IOMMU translates.</summary>
    public Iova Iova { get; set; } = Key;

    /// <summary>The object that it is, or null where it is a value (<see cref="StreamingMapping"/>).</summary>
    public DmaMapping? Owner { get; set; }
}
