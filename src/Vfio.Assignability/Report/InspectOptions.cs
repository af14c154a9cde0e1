namespace Vfio.Assignability;

/// <summary>What a report should look at beside the device.</summary>
public sealed record InspectOptions
{
    /// <summary>How many bytes of memory the device's user wants to map for its DMA, or null where that is not asked.</summary>
    public long? Need { get; init; }

    /// <summary>What the host uses its functions for; read from the host where it is null.</summary>
    public IHostUses? Uses { get; init; }
}
