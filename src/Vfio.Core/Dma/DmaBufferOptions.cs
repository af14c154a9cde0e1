namespace Vfio.Core;

/// <summary>How a <see cref="DmaBuffer"/> is made and mapped.</summary>
public sealed record DmaBufferOptions : DmaMapOptions
{
    /// <summary>The pages that the buffer is made of. The length is rounded up to whole ones.</summary>
    public DmaPageSize PageSize { get; init; }
}
