namespace Vfio.Assignability;

/// <summary>The DMA of a device.</summary>
/// <param name="Iommu">The IOMMU that translates for it, or null where none does.</param>
/// <param name="AddressBits">The width of the IOMMU's addresses.</param>
/// <param name="Reserved">The ranges of addresses that it cannot use, as the kernel writes them.</param>
/// <param name="MappingLimit">How many mappings a container of type1 takes (<c>dma_entry_limit</c>).</param>
/// <param name="LockedMemory">How many bytes the caller may lock for DMA; -1 for any number.</param>
public sealed record DmaLimits(string? Iommu, int? AddressBits, IReadOnlyList<string> Reserved, long? MappingLimit, long? LockedMemory);
