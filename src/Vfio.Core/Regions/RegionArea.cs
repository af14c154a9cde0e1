namespace Vfio.Core;

/// <summary>Part of a region.</summary>
/// <param name="Offset">Where it begins in the region, in bytes.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct RegionArea(long Offset, long Length)
{
    /// <summary>Where it ends: the offset of the first byte behind it.</summary>
    public long End => Offset + Length;
}
