namespace Vfio.Core;

/// <summary>Finds an extent that is long enough. The figure is one less than the length, so that 64 bits hold all of them.</summary>
internal readonly struct LongestExtent : IExtentSummary
{
    public static ulong Of(ulong first, ulong last) => last - first;
}
