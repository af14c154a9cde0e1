namespace Vfio.Core;

/// <summary>Whose limit of locked memory (<c>RLIMIT_MEMLOCK</c>) the memory counts against that devices can reach.</summary>
public enum MemoryAccounting
{
    /// <summary>As the back end does: VFIO's own containers per process, iommufd, in a container's place too, per user.</summary>
    Default,

    /// <summary>All processes of a user share the limit. Faster, because it is counted once for each user.</summary>
    User,

    /// <summary>Each process has the limit for itself.</summary>
    Process,
}
