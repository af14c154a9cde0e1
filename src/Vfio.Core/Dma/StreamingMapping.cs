namespace Vfio.Core;

/// <summary>A mapping by value: made for a transfer and undone after it, at the cost of the kernel's call and no garbage.</summary>
/// <remarks>
/// <para>Copies of the value are the same mapping. Once one of them has undone it, all of them know, whatever has been mapped since: no
/// copy undoes somebody else's mapping.</para>
/// <para>Thread-safe. The memory is the caller's, and nothing keeps it: see <see cref="AddressSpace.DangerousMapStreaming"/>.</para>
/// </remarks>
public readonly struct StreamingMapping : IDisposable, IEquatable<StreamingMapping>
{
    private readonly AddressSpace? _space;
    private readonly int _slot;
    private readonly long _serial;

    internal StreamingMapping(AddressSpace space, int slot, long serial, Iova iova, nint address, long length)
    {
        _space = space;
        _slot = slot;
        _serial = serial;
        Iova = iova;
        Address = address;
        Length = length;
    }

    /// <summary>The address of the first byte for the device. Where no IOMMU translates it is a physical one.</summary>
    public Iova Iova { get; }

    /// <summary>The address of the first byte in this process.</summary>
    public nint Address { get; }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether it has not been undone yet.</summary>
    public bool IsLive => _space is not null && _space.IsLive(_slot, _serial);

    /// <summary>Whether two values are the same mapping.</summary>
    public static bool operator ==(StreamingMapping left, StreamingMapping right) => left.Equals(right);

    /// <summary>Whether two values are different mappings.</summary>
    public static bool operator !=(StreamingMapping left, StreamingMapping right) => !left.Equals(right);

    /// <summary>Undoes the mapping (<c>VFIO_IOMMU_UNMAP_DMA</c>, <c>IOMMU_IOAS_UNMAP</c>), and says so when that fails.</summary>
    /// <exception cref="ObjectDisposedException">It has been undone already.</exception>
    /// <exception cref="VfioException">The kernel refused, or unmapped another amount; the mapping is still live.</exception>
    public void Unmap()
        => ObjectDisposedException.ThrowIf(_space is null || !_space.Unmap(_slot, _serial), typeof(StreamingMapping));

    /// <summary>Undoes the mapping if it is live. Whoever wants to know of a refusal calls <see cref="Unmap"/>.</summary>
    public void Dispose()
    {
        try
        {
            _ = _space?.Unmap(_slot, _serial);
        }
        catch (VfioException)
        {
            // It is still live, as IsLive tells.
        }
    }

    /// <inheritdoc/>
    public bool Equals(StreamingMapping other) => ReferenceEquals(_space, other._space) && _serial == other._serial;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StreamingMapping other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _serial.GetHashCode();
}
