using Vfio.Core;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>Memory that is there, page by page, and not mapped for the device: what the points of a sweep map again and again.</summary>
internal sealed class SweepMemory : IDisposable
{
    private readonly DmaBuffer _buffer;

    private SweepMemory(DmaBuffer buffer) => _buffer = buffer;

    /// <summary>The first byte.</summary>
    public nint Address => _buffer.Address;

    /// <summary>The length in bytes.</summary>
    public long Length => _buffer.Length;

    /// <summary>Makes it.</summary>
    /// <exception cref="VfioException">There is not as much, or the process may not lock as much.</exception>
    public static SweepMemory Allocate(AddressSpace space, long length, DmaPageSize pages)
    {
        DmaBuffer buffer = space.Allocate(length, new DmaBufferOptions { PageSize = pages, Alignment = AlignmentOf(pages) });
        try
        {
            // Mapping it has brought in every page. They stay when it is undone.
            buffer.Mapping.Unmap();
            if (pages == DmaPageSize.Base)
            {
                BasePages.Separate(buffer);
            }

            return new SweepMemory(buffer);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Where a mapping of such memory has to begin for the IOMMU to use pages as large; zero leaves it to the library.</summary>
    public static long AlignmentOf(DmaPageSize pages) => pages == DmaPageSize.Huge1G ? PageNames.LengthOf(pages) : 0;

    public void Dispose() => _buffer.Dispose();
}
