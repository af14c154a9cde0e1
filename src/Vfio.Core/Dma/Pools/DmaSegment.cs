namespace Vfio.Core;

/// <summary>Bytes that follow each other for a device: an entry of a scatter list.</summary>
/// <param name="Iova">The address of the first byte for the device.</param>
/// <param name="Length">The length in bytes.</param>
public readonly record struct DmaSegment(Iova Iova, int Length);
