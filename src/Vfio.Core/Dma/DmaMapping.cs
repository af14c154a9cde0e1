namespace Vfio.Core;

/// <summary>Memory that devices of an address space can reach at an IOVA, until this is disposed.</summary>
/// <remarks>Thread-safe. A mapping that is forgotten stays until its address space goes: only the caller knows when the
/// memory is no longer used.</remarks>
public sealed class DmaMapping : IDisposable
{
    private readonly AddressSpace _space;
    private readonly int _slot;
    private readonly long _serial;
    private readonly DmaSource _source;
    private volatile bool _live = true;
    private Action? _ended;

    /// <summary>Keeps what it maps, for as long as it is live.</summary>
    internal DmaMapping(AddressSpace space, int slot, in LiveMapping entry, in DmaSource source, ulong pageSize)
    {
        source.Keep();
        _space = space;
        _slot = slot;
        _serial = entry.Serial;
        _source = source;
        Key = entry.Key;
        Iova = entry.Key;
        Size = entry.Size;
        PageSize = pageSize;
        Access = entry.Access;
    }

    /// <summary>
    /// The address of the first byte for the device. Where no IOMMU translates (<see cref="AddressSpace.IsIsolated"/>) it is a physical one.
    /// </summary>
    public Iova Iova { get; private set; }

    /// <summary>The address of the first byte in this process, or zero where the process does not see it.</summary>
    public nint Address => _source.Address;

    /// <summary>The length in bytes.</summary>
    public long Length => (long)Size;

    /// <summary>What the device may do.</summary>
    public DmaAccess Access { get; }

    /// <summary>Whether it has not been undone yet: devices of the address space reach the memory.</summary>
    public bool IsLive => _live;

    /// <summary>The address space that it is in.</summary>
    public AddressSpace AddressSpace => _space;

    internal ulong Size { get; }

    /// <summary>The page size of the memory, which an address that the library chooses is a multiple of.</summary>
    internal ulong PageSize { get; }

    /// <summary>The address by which the kernel knows it: the device's, where an IOMMU translates.</summary>
    internal Iova Key { get; }

    internal DmaSource Source => _source;

    /// <summary>
    /// Maps the same memory in another address space, which then no longer needs this one (<c>IOMMU_IOAS_COPY</c>). Between address
    /// spaces of iommufd the pages stay pinned once; elsewhere they are pinned once more.
    /// </summary>
    /// <param name="target">The other address space, or this one for a second address.</param>
    /// <param name="options">How it is mapped there; null for the same access, at an address of the library's choice.</param>
    /// <returns>The mapping in the other address space. The caller disposes it; memory of a <see cref="DmaBuffer"/> stays until then.</returns>
    /// <exception cref="ObjectDisposedException">It has been undone already.</exception>
    /// <exception cref="VfioException">There is no address, or the kernel refused to map.</exception>
    public DmaMapping CopyTo(AddressSpace target, DmaMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.Copy(this, _space, options ?? new DmaMapOptions { Access = Access });
    }

    /// <summary>Undoes the mapping (<c>VFIO_IOMMU_UNMAP_DMA</c>, <c>IOMMU_IOAS_UNMAP</c>), and says so when that fails.</summary>
    /// <exception cref="ObjectDisposedException">It has been undone already.</exception>
    /// <exception cref="VfioException">The kernel refused, or unmapped another amount; the mapping is still live.</exception>
    public void Unmap() => ObjectDisposedException.ThrowIf(!_space.Unmap(_slot, _serial), this);

    /// <summary>Undoes the mapping if it is live. Whoever wants to know of a refusal calls <see cref="Unmap"/>.</summary>
    public void Dispose() => TryUnmap();

    /// <summary>Learns the address for the device from the kernel.</summary>
    internal void Settle(Iova iova) => Iova = iova;

    /// <summary>Runs a step when the mapping has ended, or at once if it has.</summary>
    internal void OnEnd(Action ended)
    {
        _ended = ended;
        if (!_live && Interlocked.Exchange(ref _ended, null) is { } step)
        {
            step();
        }
    }

    /// <summary>Lets go of what it mapped.</summary>
    internal void MarkUnmapped()
    {
        _live = false;
        _source.Release();
        Interlocked.Exchange(ref _ended, null)?.Invoke();
    }

    /// <summary>Undoes the mapping if it is live.</summary>
    /// <returns>Whether the device can no longer reach the memory.</returns>
    internal bool TryUnmap()
    {
        try
        {
            _space.Unmap(_slot, _serial);
            return true;
        }
        catch (VfioException)
        {
            return false;
        }
    }
}
