namespace Vfio.Tool.Bench.Irq;

/// <summary>What <c>vfio bench irq</c> does.</summary>
internal sealed record IrqOptions
{
    /// <summary>The kind of interrupt, or null for the best that the device has.</summary>
    public IrqKind? Kind { get; init; }

    /// <summary>How many interrupts are measured, of each way to wait.</summary>
    public int Samples { get; init; } = 2_000;

    /// <summary>How long each way is measured at most.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a waiter is left to fall asleep before it is woken.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMicroseconds(250);
}
