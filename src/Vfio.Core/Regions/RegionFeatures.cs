namespace Vfio.Core;

/// <summary>What a region allows (the <c>VFIO_REGION_INFO_FLAG_*</c> of the kernel).</summary>
[Flags]
public enum RegionFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It can be read.</summary>
    Read = 1,

    /// <summary>It can be written.</summary>
    Write = 2,

    /// <summary>It can be mapped, all of it or the areas that it lists.</summary>
    Map = 4,

    /// <summary>It comes with capabilities, which are read into the region's other properties.</summary>
    Capabilities = 8,
}
