namespace Vfio.Core;

/// <summary>The pages that a <see cref="DmaBuffer"/> is made of.</summary>
public enum DmaPageSize
{
    /// <summary>
    /// The system's base pages, 4 KiB on x86-64. A system that makes huge pages unasked (<c>transparent_hugepage/enabled</c> at <c>always</c>) may
    /// join them all the same.
    /// </summary>
    Base,

    /// <summary>
    /// Base pages that the kernel is asked to join into huge ones where it can (<c>MADV_HUGEPAGE</c>); it never fails
    /// for want of them.
    /// </summary>
    Transparent,

    /// <summary>Huge pages of 2 MiB from the pool that the administrator reserved (<c>MAP_HUGETLB</c>).</summary>
    Huge2M,

    /// <summary>Huge pages of 1 GiB from the pool that the administrator reserved (<c>MAP_HUGETLB</c>).</summary>
    Huge1G,
}
