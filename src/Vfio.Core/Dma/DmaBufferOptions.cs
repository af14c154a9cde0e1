namespace Vfio.Core;

/// <summary>How a <see cref="DmaBuffer"/> is made and mapped.</summary>
public sealed record DmaBufferOptions : DmaMapOptions
{
    /// <summary>The pages that the buffer is made of. The length is rounded up to whole ones.</summary>
    public DmaPageSize PageSize { get; init; }

    /// <summary>
    /// Whether the memory is a file (<c>memfd_create</c>), whose descriptor other processes can be given (<see cref="DmaBuffer.File"/>).
    /// A forked child sees such memory.
    /// </summary>
    public bool IsFile { get; init; }

    /// <summary>
    /// How many threads fill in the pages in <see cref="AddressSpace.AllocateLargeAsync"/>, at most 16: zero for as many as there are processors.
    /// </summary>
    public int PopulationThreads { get; init; }
}
