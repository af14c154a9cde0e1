namespace Vfio.Core;

/// <summary>How a handler of an interrupt is called.</summary>
public sealed record InterruptHandlerOptions
{
    internal static InterruptHandlerOptions Default { get; } = new();

    /// <summary>How long its thread polls before it sleeps; by default not at all.</summary>
    public SpinPolicy Spin { get; init; } = SpinPolicy.None;

    /// <summary>
    /// Whether the vector is unmasked each time that the handler returns: by the <see cref="ResampleEvent"/> where there is one, else as by
    /// <see cref="Interrupt.Unmask"/>. For INTx, whose handler has then to make the device let go of the line.
    /// </summary>
    public bool Unmask { get; init; }
}
