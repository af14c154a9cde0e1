namespace Vfio.Nvme;

/// <summary>How a controller is driven.</summary>
public sealed record NvmeControllerOptions
{
    /// <summary>
    /// How many I/O queue pairs to ask for, 65,535 at most (Set Features, Number of Queues). The controller may give fewer: <see cref="NvmeController.MaxQueues"/>.
    /// Memory is taken only for those that are made.
    /// </summary>
    public int Queues { get; init; } = 16;

    /// <summary>Whether interrupts are enabled, one vector for each queue as far as there are any.</summary>
    public bool Interrupts { get; init; } = true;

    /// <summary>Whether shadow doorbells are used where the controller has them (Doorbell Buffer Config), which saves register accesses.</summary>
    public bool ShadowDoorbells { get; init; } = true;

    /// <summary>The most data of one command in bytes; the controller's own limit (MDTS) holds besides.</summary>
    public int MaxTransfer { get; init; } = 1 << 20;

    /// <summary>How long an admin command may take.</summary>
    public TimeSpan AdminTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a command of an I/O queue may take. Then it is aborted, and if that does not end it, the controller is reset.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal INvmeClock Clock { get; init; } = SystemClock.Instance;
}
