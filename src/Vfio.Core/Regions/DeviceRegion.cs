using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// A region of a device: a BAR, the expansion ROM, the configuration space or one of the device's own. Its registers
/// are reached by calls into the kernel, which works for every region; <see cref="Map"/> makes the faster way.
/// </summary>
/// <remarks>Thread-safe. The region is usable until its device is disposed.</remarks>
public sealed class DeviceRegion : IRegisterAccess
{
    // Before it come BARs and the expansion ROM, which read as ones where no device is.
    private const int ConfigIndex = (int)VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX;

    private readonly VfioDevice _device;
    private readonly IDeviceTransport _transport;
    private readonly RegionInfo _info;

    internal DeviceRegion(VfioDevice device, IDeviceTransport transport, RegionInfo info)
    {
        _device = device;
        _transport = transport;
        _info = info;
    }

    /// <summary>The index of the region, as VFIO numbers them.</summary>
    public int Index => _info.Index;

    /// <summary>The length in bytes; zero where the device has no such region.</summary>
    public long Length => _info.Size;

    /// <summary>Whether the device has the region.</summary>
    public bool IsPresent => Length > 0;

    /// <summary>What the region allows.</summary>
    public RegionFeatures Features => _info.Features;

    /// <summary>
    /// The parts that can be mapped, sorted and disjoint: the whole region, or what the kernel lists
    /// (<c>VFIO_REGION_INFO_CAP_SPARSE_MMAP</c>), or none.
    /// </summary>
    public IReadOnlyList<RegionArea> MappableAreas => _info.MappableAreas;

    /// <summary>Whether the mappable areas include the MSI-X table (<c>VFIO_REGION_INFO_CAP_MSIX_MAPPABLE</c>).</summary>
    public bool IsMsixMappable => _info.MsixMappable;

    /// <summary>
    /// What a region beyond those that PCI numbers is (<c>VFIO_REGION_INFO_CAP_TYPE</c>), or null where the index tells.
    /// </summary>
    public (uint Type, uint Subtype)? Kind => _info.Kind;

    /// <summary>Maps the region into the process, so that an access is one instruction.</summary>
    /// <returns>The mapped region. The caller disposes it; the device does so at the latest.</returns>
    /// <exception cref="VfioException">The region is absent or cannot be mapped, the kernel refused, or the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public MappedRegion Map()
    {
        // A store to a page that may only be read would end the process, so such a region is left to calls.
        if (MappableAreas.Count == 0 || !_info.CanRead || !_info.CanWrite)
        {
            throw new VfioException(
                VfioErrorKind.NotSupported,
                "mmap",
                _transport.Name,
                IsPresent ? $"region {Index} cannot be mapped" : $"the device has no region {Index}",
                IsPresent ? "Read and write it through the region itself" : "Look at the regions that are present");
        }

        return _device.Adopt(() => MappedRegion.Create(_device, this, _transport, _info));
    }

    /// <summary>
    /// Ties a write to an event: whoever signals it makes the kernel write the value (<c>VFIO_DEVICE_IOEVENTFD</c>).
    /// </summary>
    /// <param name="offset">Where, in bytes from the start of the region; a multiple of the width.</param>
    /// <param name="width">How many bytes: 1, 2, 4 or 8, in one access.</param>
    /// <param name="value">What is written each time.</param>
    /// <returns>The event. The caller disposes it; the device does so at the latest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The width is none of these, the value is wider, or the bytes do not lie in the region.</exception>
    /// <exception cref="ArgumentException">The offset is no multiple of the width.</exception>
    /// <exception cref="VfioException">
    /// The kernel refused: the region is not a BAR, the place overlaps the MSI-X table, there is the same write already
    /// (<see cref="VfioErrorKind.InUse"/>), or there are 1000 already.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public WriteTrigger CreateWriteTrigger(long offset, int width, ulong value)
    {
        if (width is not (1 or 2 or 4 or 8))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "A register has 1, 2, 4 or 8 bytes.");
        }

        CheckAligned(offset, width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ulong.MaxValue >> (64 - (8 * width)));
        return _device.Adopt(() => WriteTrigger.Create(_device, _transport, _info, offset, width, value));
    }

    /// <summary>Reads bytes by calls into the kernel (<c>pread</c>), which accesses the device in the largest aligned pieces.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie in the region.</exception>
    /// <exception cref="VfioException">The kernel refused, or the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        Check(offset, destination.Length);
        _transport.Read(_info, offset, destination);
    }

    /// <summary>Writes bytes by calls into the kernel (<c>pwrite</c>), which accesses the device in the largest aligned pieces.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie in the region.</exception>
    /// <exception cref="VfioException">The kernel refused, or the device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        Check(offset, source.Length);
        _transport.Write(_info, offset, source);
    }

    /// <inheritdoc/>
    public byte Read8(long offset) => Read<byte>(offset);

    /// <inheritdoc/>
    public ushort Read16(long offset) => Read<ushort>(offset);

    /// <inheritdoc/>
    public uint Read32(long offset) => Read<uint>(offset);

    /// <inheritdoc/>
    public ulong Read64(long offset) => Read<ulong>(offset);

    /// <inheritdoc/>
    public void Write8(long offset, byte value) => Write(offset, value);

    /// <inheritdoc/>
    public void Write16(long offset, ushort value) => Write(offset, value);

    /// <inheritdoc/>
    public void Write32(long offset, uint value) => Write(offset, value);

    /// <inheritdoc/>
    public void Write64(long offset, ulong value) => Write(offset, value);

    /// <inheritdoc/>
    public void Read32(long offset, Span<uint> destination) => RegisterBlock.Read(this, offset, destination);

    /// <inheritdoc/>
    public void Read64(long offset, Span<ulong> destination) => RegisterBlock.Read(this, offset, destination);

    /// <inheritdoc/>
    public void Write32(long offset, ReadOnlySpan<uint> source) => RegisterBlock.Write(this, offset, source);

    /// <inheritdoc/>
    public void Write64(long offset, ReadOnlySpan<ulong> source) => RegisterBlock.Write(this, offset, source);

    /// <summary>Lends part of the region to a mapping, which ends with the device at the latest.</summary>
    internal DmaMapping Lend(long offset, long length, Func<IDeviceTransport, RegionInfo, DmaMapping> map)
    {
        Check(offset, length);
        if (!MappableAreas.Any(area => offset >= area.Offset && length <= area.End - offset))
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"0x{length:x} bytes at 0x{offset:x} are not in one part of region {Index} that can be mapped.");
        }

        // Not made while the device is held: the address space's lock comes first, as when the mapping ends.
        DmaMapping mapping = map(_transport, _info);
        try
        {
            _ = _device.Adopt(() => mapping);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }

        mapping.OnEnd(() => _device.Forget(mapping));
        return mapping;
    }

    private unsafe T Read<T>(long offset)
        where T : unmanaged
    {
        CheckAligned(offset, sizeof(T));
        T value = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        _transport.Read(_info, offset, bytes);
        if (!bytes.ContainsAnyExcept(byte.MaxValue) && Index < ConfigIndex)
        {
            _device.RequireAnswer();
        }

        return value;
    }

    private unsafe void Write<T>(long offset, T value)
        where T : unmanaged
    {
        CheckAligned(offset, sizeof(T));
        _transport.Write(_info, offset, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }

    private void CheckAligned(long offset, int width)
    {
        if (offset < 0 || offset > Length - width || (offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, Length);
        }
    }

    private void Check(long offset, long length)
    {
        if (offset < 0 || offset > Length - length)
        {
            AccessErrors.Throw(offset, length, Length);
        }
    }
}
