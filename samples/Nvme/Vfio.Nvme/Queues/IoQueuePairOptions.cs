namespace Vfio.Nvme;

/// <summary>How an I/O queue pair is made.</summary>
public sealed record IoQueuePairOptions
{
    /// <summary>How many commands may be in flight. The controller's limit (CAP.MQES) holds besides.</summary>
    public int Depth { get; init; } = 128;

    /// <summary>How the owner waits. Other than by polling it takes an interrupt vector.</summary>
    public WaitMode Wait { get; init; }
}
