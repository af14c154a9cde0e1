namespace Vfio.Tool.Bench.Mmio;

/// <summary>What <c>vfio bench mmio</c> does to a device.</summary>
internal sealed record MmioOptions
{
    /// <summary>How long a copy is where nothing is said and nothing speaks against it.</summary>
    public const long DefaultCopy = 64 << 10;

    /// <summary>The longest copy.</summary>
    public const long LongestCopy = 64 << 20;

    /// <summary>The BAR, or null for the first that can be mapped.</summary>
    public int? Bar { get; init; }

    /// <summary>Where in it, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes are copied at once, zero for no copies, or null for what is safe.</summary>
    public long? Copy { get; init; }

    /// <summary>Whether the device is written too.</summary>
    public bool Write { get; init; }

    /// <summary>How long each operation is measured, unless it has its samples before.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>How many samples there are at most.</summary>
    public int Samples { get; init; } = 10_000;
}
