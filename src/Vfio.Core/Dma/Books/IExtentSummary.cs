namespace Vfio.Core;

/// <summary>What an <see cref="ExtentTree{TSummary}"/> remembers the largest of, in each subtree.</summary>
internal interface IExtentSummary
{
    /// <summary>The figure of one extent, both ends included.</summary>
    static abstract ulong Of(ulong first, ulong last);
}
