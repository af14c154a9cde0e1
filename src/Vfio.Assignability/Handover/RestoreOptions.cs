namespace Vfio.Assignability;

/// <summary>How functions are brought back.</summary>
public sealed record RestoreOptions
{
    /// <summary>Takes functions from processes that have them open, too. The kernel asks such a process to let go, and waits until it does.</summary>
    public bool Force { get; init; }

    /// <summary>How long the kernel may take for each step, such as making a driver let go.</summary>
    public TimeSpan Timeout { get; init; } = BindOptions.DefaultTimeout;
}
