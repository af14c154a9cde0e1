namespace Vfio.Core;

/// <summary>Memory that devices of an address space can reach at an IOVA, until this is disposed.</summary>
/// <remarks>Thread-safe. A mapping that is forgotten stays until its address space goes: only the caller knows when the
/// memory is no longer used.</remarks>
public sealed class DmaMapping : IDisposable
{
    private readonly AddressSpace _space;
    private volatile bool _live = true;

    internal DmaMapping(AddressSpace space, Iova iova, nint address, ulong size, DmaAccess access)
    {
        _space = space;
        Iova = iova;
        Address = address;
        Size = size;
        Access = access;
    }

    /// <summary>The address of the first byte for the device.</summary>
    public Iova Iova { get; }

    /// <summary>The address of the first byte in this process.</summary>
    public nint Address { get; }

    /// <summary>The length in bytes.</summary>
    public long Length => (long)Size;

    /// <summary>What the device may do.</summary>
    public DmaAccess Access { get; }

    /// <summary>Whether it has not been undone yet: devices of the address space reach the memory.</summary>
    public bool IsLive => _live;

    internal ulong Size { get; }

    /// <summary>Undoes the mapping (<c>VFIO_IOMMU_UNMAP_DMA</c>), and says so when that fails.</summary>
    /// <exception cref="ObjectDisposedException">It has been undone already.</exception>
    /// <exception cref="VfioException">The kernel refused, or unmapped another amount; the mapping is still live.</exception>
    public void Unmap() => ObjectDisposedException.ThrowIf(!_space.Unmap(this), this);

    /// <summary>Undoes the mapping if it is live. Whoever wants to know of a refusal calls <see cref="Unmap"/>.</summary>
    public void Dispose() => TryUnmap();

    internal void MarkUnmapped() => _live = false;

    /// <summary>Undoes the mapping if it is live.</summary>
    /// <returns>Whether the device can no longer reach the memory.</returns>
    internal bool TryUnmap()
    {
        try
        {
            _space.Unmap(this);
            return true;
        }
        catch (ObjectDisposedException)
        {
            // The container is closed, and its mappings went with it.
            return true;
        }
        catch (VfioException)
        {
            return false;
        }
    }
}
