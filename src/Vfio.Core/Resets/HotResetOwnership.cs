namespace Vfio.Core;

/// <summary>Whose a function is that a hot reset would hit, and so whether it is in the way.</summary>
public enum HotResetOwnership
{
    /// <summary>This process has the function open, with the owner that the reset goes through. Not in the way.</summary>
    Open,

    /// <summary>
    /// The function is not open, but bound to a VFIO driver, and its group is this process's, so that nobody else can open it. Not in
    /// the way.
    /// </summary>
    GroupOwned,

    /// <summary>No driver is bound to the function.</summary>
    NoDriver,

    /// <summary>A driver of the host has the function.</summary>
    HostDriver,

    /// <summary>The function is a bridge, which no VFIO driver takes.</summary>
    Bridge,

    /// <summary>
    /// This process has the function open, but with another owner: another iommufd, its group where the reset goes by devices, its own
    /// node where it goes by groups, or a descriptor that was passed in without its group.
    /// </summary>
    OtherOwner,

    /// <summary>
    /// The function is bound to a VFIO driver, and neither it nor its group is this process's: another process has it, or nobody has.
    /// </summary>
    NotOwned,
}
