namespace Vfio.Device.Tests.Soak;

/// <summary>What the threads do until they meet again.</summary>
internal enum SoakPhase
{
    /// <summary>Waits once for the address space's lock.</summary>
    Contention,

    /// <summary>All commands.</summary>
    Everything,

    /// <summary>Those of a driver's hot path, which allocate nothing.</summary>
    HotPath,

    /// <summary>Gives everything back.</summary>
    End,
}
