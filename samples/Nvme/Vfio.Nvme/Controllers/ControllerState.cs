namespace Vfio.Nvme;

/// <summary>What can be done with a controller.</summary>
public enum ControllerState
{
    /// <summary>It is not enabled (CC.EN is zero): it is being set up, or being reset.</summary>
    Disabled,

    /// <summary>It takes commands.</summary>
    Ready,

    /// <summary>An orderly shutdown is over. It takes no commands any more.</summary>
    ShutDown,

    /// <summary>
    /// It could not be brought back after a failure. It is kept from memory, and every command that was in flight has ended with
    /// <see cref="NvmeStatus.AbortedByHost"/>.
    /// </summary>
    Failed,

    /// <summary>The function answers nothing but ones. Otherwise as <see cref="Failed"/>.</summary>
    Removed,

    /// <summary>The controller object has been disposed.</summary>
    Disposed,
}
