using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <content>
/// The accessors. A read is not inlined, so that the compiler cannot see what its caller uses of it, and makes no narrower
/// access; a write is, for a store is never narrowed. Each holds the epoch of the range against itself before and after, and so finds
/// whether it met the device (<see cref="FaultRange"/>).
/// </content>
public sealed unsafe partial class MappedRegion
{
    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public byte Read8(long offset)
    {
        if (!IsFast(offset, sizeof(byte)))
        {
            return ReadSlowly8(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        byte value = Volatile.Read(ref *(byte*)(_base + offset));
        Check(epoch, value == byte.MaxValue);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ushort Read16(long offset)
    {
        if (!IsFast(offset, sizeof(ushort)))
        {
            return ReadSlowly16(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        ushort value = Volatile.Read(ref *(ushort*)(_base + offset));
        Check(epoch, value == ushort.MaxValue);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public uint Read32(long offset)
    {
        if (!IsFast(offset, sizeof(uint)))
        {
            return ReadSlowly32(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        uint value = Volatile.Read(ref *(uint*)(_base + offset));
        Check(epoch, value == uint.MaxValue);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong Read64(long offset)
    {
        if (!IsFast(offset, sizeof(ulong)))
        {
            return ReadSlowly64(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        ulong value = Volatile.Read(ref *(ulong*)(_base + offset));
        Check(epoch, value == ulong.MaxValue);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write8(long offset, byte value)
    {
        if (IsFast(offset, sizeof(byte)))
        {
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write8(_base + offset, value);
            Check(epoch, isSuspicious: false);
        }
        else
        {
            WriteSlowly8(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write16(long offset, ushort value)
    {
        if (IsFast(offset, sizeof(ushort)))
        {
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write16(_base + offset, value);
            Check(epoch, isSuspicious: false);
        }
        else
        {
            WriteSlowly16(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write32(long offset, uint value)
    {
        if (IsFast(offset, sizeof(uint)))
        {
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write32(_base + offset, value);
            Check(epoch, isSuspicious: false);
        }
        else
        {
            WriteSlowly32(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write64(long offset, ulong value)
    {
        if (IsFast(offset, sizeof(ulong)))
        {
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write64(_base + offset, value);
            Check(epoch, isSuspicious: false);
        }
        else
        {
            WriteSlowly64(offset, value);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Read32(long offset, Span<uint> destination)
    {
        if (!IsFastBlock(offset, sizeof(uint), destination.Length))
        {
            RegisterBlock.Read(this, offset, destination);
            return;
        }

        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.ReadBlock32(_base + offset, destination);
        Check(epoch, destination is [.., uint.MaxValue]);
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Read64(long offset, Span<ulong> destination)
    {
        if (!IsFastBlock(offset, sizeof(ulong), destination.Length))
        {
            RegisterBlock.Read(this, offset, destination);
            return;
        }

        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.ReadBlock64(_base + offset, destination);
        Check(epoch, destination is [.., ulong.MaxValue]);
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write32(long offset, ReadOnlySpan<uint> source)
    {
        if (!IsFastBlock(offset, sizeof(uint), source.Length))
        {
            RegisterBlock.Write(this, offset, source);
            return;
        }

        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.WriteBlock32(_base + offset, source);
        Check(epoch, isSuspicious: false);
    }

    /// <inheritdoc/>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write64(long offset, ReadOnlySpan<ulong> source)
    {
        if (!IsFastBlock(offset, sizeof(ulong), source.Length))
        {
            RegisterBlock.Write(this, offset, source);
            return;
        }

        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.WriteBlock64(_base + offset, source);
        Check(epoch, isSuspicious: false);
    }

    /// <summary>Takes one register of 32 bits out, for a loop that accesses nothing else: checked once, here, and never again.</summary>
    /// <param name="offset">Where it is, in bytes, a multiple of 4. In a part that is not mapped (<see cref="Areas"/>) each access is a call.</param>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public Register32 Register32(long offset)
        => IsMapped(offset, sizeof(uint)) ? new(this, _base + offset, _epoch) : new(new CalledRegister(this, offset));

    /// <summary>Takes one register of 64 bits out, for a loop that accesses nothing else: checked once, here, and never again.</summary>
    /// <param name="offset">Where it is, in bytes, a multiple of 8. In a part that is not mapped (<see cref="Areas"/>) each access is a call.</param>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public Register64 Register64(long offset)
        => IsMapped(offset, sizeof(ulong)) ? new(this, _base + offset, _epoch) : new(new CalledRegister(this, offset));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte ReadSlowly8(long offset)
    {
        if (!IsInSmallerArea(offset, sizeof(byte)))
        {
            return _region.Read8(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        byte value = Mmio.Read8(_base + offset);
        Check(epoch, value == byte.MaxValue);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ushort ReadSlowly16(long offset)
    {
        if (!IsInSmallerArea(offset, sizeof(ushort)))
        {
            return _region.Read16(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        ushort value = Mmio.Read16(_base + offset);
        Check(epoch, value == ushort.MaxValue);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint ReadSlowly32(long offset)
    {
        if (!IsInSmallerArea(offset, sizeof(uint)))
        {
            return _region.Read32(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        uint value = Mmio.Read32(_base + offset);
        Check(epoch, value == uint.MaxValue);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadSlowly64(long offset)
    {
        if (!IsInSmallerArea(offset, sizeof(ulong)))
        {
            return _region.Read64(offset);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        ulong value = Mmio.Read64(_base + offset);
        Check(epoch, value == ulong.MaxValue);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlowly8(long offset, byte value)
    {
        if (IsInSmallerArea(offset, sizeof(byte)))
        {
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write8(_base + offset, value);
            Check(epoch, isSuspicious: false);
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
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write16(_base + offset, value);
            Check(epoch, isSuspicious: false);
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
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write32(_base + offset, value);
            Check(epoch, isSuspicious: false);
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
            ulong epoch = FaultRange.Begin(_epoch);
            Mmio.Write64(_base + offset, value);
            Check(epoch, isSuspicious: false);
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

    private bool IsMapped(long offset, int width) => IsFast(offset, width) || IsInSmallerArea(offset, width);

    /// <summary>Whether an access that is not in the fast part is in another that is mapped.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping has been disposed.</exception>
    private bool IsInSmallerArea(long offset, int width)
    {
        if (offset < 0 || offset > Length - width || (offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, Length);
        }

        if (Volatile.Read(ref _disposed) != 0)
        {
            throw Ended();
        }

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
