using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <content>
/// The accessors. A read is not inlined, so that the compiler cannot see what its caller uses of it, and makes no narrower
/// access; a write is, for a store is never narrowed.
/// </content>
public sealed unsafe partial class MappedRegion
{
    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public byte Read8(long offset)
    {
        if (!IsFast(offset, sizeof(byte)))
        {
            return ReadSlowly8(offset);
        }

        byte value = Volatile.Read(ref *(byte*)(_base + offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ushort Read16(long offset)
    {
        if (!IsFast(offset, sizeof(ushort)))
        {
            return ReadSlowly16(offset);
        }

        ushort value = Volatile.Read(ref *(ushort*)(_base + offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Read32(long offset)
    {
        if (!IsFast(offset, sizeof(uint)))
        {
            return ReadSlowly32(offset);
        }

        uint value = Volatile.Read(ref *(uint*)(_base + offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Read64(long offset)
    {
        if (!IsFast(offset, sizeof(ulong)))
        {
            return ReadSlowly64(offset);
        }

        ulong value = Volatile.Read(ref *(ulong*)(_base + offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write8(long offset, byte value)
    {
        if (IsFast(offset, sizeof(byte)))
        {
            Mmio.Write8(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlowly8(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write16(long offset, ushort value)
    {
        if (IsFast(offset, sizeof(ushort)))
        {
            Mmio.Write16(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlowly16(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write32(long offset, uint value)
    {
        if (IsFast(offset, sizeof(uint)))
        {
            Mmio.Write32(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlowly32(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write64(long offset, ulong value)
    {
        if (IsFast(offset, sizeof(ulong)))
        {
            Mmio.Write64(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            WriteSlowly64(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Read32(long offset, Span<uint> destination)
    {
        if (!IsFastBlock(offset, sizeof(uint), destination.Length))
        {
            RegisterBlock.Read(this, offset, destination);
            return;
        }

        Mmio.ReadBlock32(_base + offset, destination);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Read64(long offset, Span<ulong> destination)
    {
        if (!IsFastBlock(offset, sizeof(ulong), destination.Length))
        {
            RegisterBlock.Read(this, offset, destination);
            return;
        }

        Mmio.ReadBlock64(_base + offset, destination);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write32(long offset, ReadOnlySpan<uint> source)
    {
        if (!IsFastBlock(offset, sizeof(uint), source.Length))
        {
            RegisterBlock.Write(this, offset, source);
            return;
        }

        Mmio.WriteBlock32(_base + offset, source);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write64(long offset, ReadOnlySpan<ulong> source)
    {
        if (!IsFastBlock(offset, sizeof(ulong), source.Length))
        {
            RegisterBlock.Write(this, offset, source);
            return;
        }

        Mmio.WriteBlock64(_base + offset, source);
        GC.KeepAlive(this);
    }

    /// <summary>Takes one register of 32 bits out, for a loop that accesses nothing else: checked once, here, and never again.</summary>
    /// <param name="offset">Where it is, in bytes, a multiple of 4, in a part that is mapped (<see cref="Areas"/>).</param>
    /// <exception cref="ArgumentException">The offset is misaligned, outside, or in a part that is not mapped.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public Register32 Register32(long offset) => new(this, AddressOf(offset, sizeof(uint)));

    /// <summary>Takes one register of 64 bits out, for a loop that accesses nothing else: checked once, here, and never again.</summary>
    /// <param name="offset">Where it is, in bytes, a multiple of 8, in a part that is mapped (<see cref="Areas"/>).</param>
    /// <exception cref="ArgumentException">The offset is misaligned, outside, or in a part that is not mapped.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public Register64 Register64(long offset) => new(this, AddressOf(offset, sizeof(ulong)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte ReadSlowly8(long offset)
    {
        byte value = IsInSmallerArea(offset, sizeof(byte)) ? Mmio.Read8(_base + offset) : _region.Read8(offset);
        GC.KeepAlive(this);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort ReadSlowly16(long offset)
    {
        ushort value = IsInSmallerArea(offset, sizeof(ushort)) ? Mmio.Read16(_base + offset) : _region.Read16(offset);
        GC.KeepAlive(this);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint ReadSlowly32(long offset)
    {
        uint value = IsInSmallerArea(offset, sizeof(uint)) ? Mmio.Read32(_base + offset) : _region.Read32(offset);
        GC.KeepAlive(this);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadSlowly64(long offset)
    {
        ulong value = IsInSmallerArea(offset, sizeof(ulong)) ? Mmio.Read64(_base + offset) : _region.Read64(offset);
        GC.KeepAlive(this);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly8(long offset, byte value)
    {
        if (IsInSmallerArea(offset, sizeof(byte)))
        {
            Mmio.Write8(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            _region.Write8(offset, value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly16(long offset, ushort value)
    {
        if (IsInSmallerArea(offset, sizeof(ushort)))
        {
            Mmio.Write16(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            _region.Write16(offset, value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly32(long offset, uint value)
    {
        if (IsInSmallerArea(offset, sizeof(uint)))
        {
            Mmio.Write32(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            _region.Write32(offset, value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly64(long offset, ulong value)
    {
        if (IsInSmallerArea(offset, sizeof(ulong)))
        {
            Mmio.Write64(_base + offset, value);
            GC.KeepAlive(this);
        }
        else
        {
            _region.Write64(offset, value);
        }
    }

    // The fast part begins and ends between words, so an aligned access that begins in it also ends in it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFast(long offset, int width)
        => (offset & (width - 1)) == 0 && unchecked((ulong)(offset - _fastStart)) < _fastLength;

    private bool IsFastBlock(long offset, int width, int count)
    {
        ulong within = unchecked((ulong)(offset - _fastStart));
        ulong length = Volatile.Read(ref _fastLength);
        return (offset & (width - 1)) == 0 && within < length && (ulong)count * (ulong)width <= length - within;
    }

    private byte* AddressOf(long offset, int width)
        => IsFast(offset, width) || IsInSmallerArea(offset, width)
            ? _base + offset
            : throw new ArgumentException($"The register at 0x{offset:x} is in a part of the region that is not mapped.", nameof(offset));

    /// <summary>Whether an access that is not in the fast part is in another that is mapped.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="ObjectDisposedException">The mapping has been disposed.</exception>
    private bool IsInSmallerArea(long offset, int width)
    {
        if (offset < 0 || offset > Length - width || (offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, Length);
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        foreach (RegionArea area in _areas)
        {
            if (offset >= area.Offset && offset <= area.End - width)
            {
                return true;
            }
        }

        return false;
    }
}
