namespace Vfio.Core;

/// <summary>Finds an extent that reaches a point, where extents may overlap.</summary>
internal readonly struct LatestEnd : IExtentSummary
{
    public static ulong Of(ulong first, ulong last) => last;
}
