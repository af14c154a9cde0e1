namespace Vfio.Tool.Demo;

/// <summary>What <c>vfio demo --json</c> prints.</summary>
internal sealed record DemoReport
{
    /// <summary>The device's address.</summary>
    public required string Device { get; init; }

    /// <summary>The number of its IOMMU group.</summary>
    public required int? Group { get; init; }

    /// <summary>The IOMMU model: <c>type1</c> or <c>type1v2</c>.</summary>
    public string Iommu { get; init; } = string.Empty;

    /// <summary>The identification register.</summary>
    public string Identification { get; init; } = string.Empty;

    /// <summary>Whether the liveness register inverted what was written.</summary>
    public bool LivenessOk { get; init; }

    /// <summary>How many bytes went to the device and back.</summary>
    public int DmaBytes { get; init; }

    /// <summary>Whether they came back as they went.</summary>
    public bool DmaEqual { get; init; }

    /// <summary>How many interrupts were counted.</summary>
    public ulong Interrupts { get; init; }

    /// <summary>Whether the function could be reset.</summary>
    public bool ResetSupported { get; init; }
}
