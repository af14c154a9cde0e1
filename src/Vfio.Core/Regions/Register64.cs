using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>
/// One register of 64 bits, taken out of its region: a doorbell, say. Of a <see cref="MappedRegion"/> it costs the access and a look at whether
/// that met the device; of other registers a call.
/// </summary>
/// <remarks>
/// Thread-safe, if the registers that it was taken from are. Of a mapped region it keeps the addresses, not the device. Where the device does not
/// answer, or is gone, or it or the region has been disposed, an access throws as those of <see cref="MappedRegion"/> do. A default value must
/// not be used.
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares registers.")]
public readonly unsafe struct Register64
{
    // With an epoch a MappedRegion and an address in it, without one any registers and an offset among them.
    private readonly IRegisterAccess _registers;
    private readonly nint _place;
    private readonly ulong* _epoch;

    internal Register64(MappedRegion region, byte* address, ulong* epoch)
    {
        _registers = region;
        _place = (nint)address;
        _epoch = epoch;
    }

    internal Register64(IRegisterAccess registers, long offset)
    {
        _registers = registers;
        _place = (nint)offset;
    }

    /// <summary>Reads it, by one access of 64 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public ulong Read()
    {
        if (_epoch is null)
        {
            return _registers.Read64(_place);
        }

        ulong epoch = FaultRange.Begin(_epoch);
        ulong value = Mmio.Read64((byte*)_place);
        if (Volatile.Read(ref *_epoch) != epoch || value == ulong.MaxValue)
        {
            Unsafe.As<MappedRegion>(_registers).Examine(epoch);
        }

        GC.KeepAlive(_registers);
        return value;
    }

    /// <summary>Writes it, by one access of 64 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        if (_epoch is null)
        {
            _registers.Write64(_place, value);
            return;
        }

        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.Write64((byte*)_place, value);
        if (Volatile.Read(ref *_epoch) != epoch)
        {
            Unsafe.As<MappedRegion>(_registers).Examine(epoch);
        }

        GC.KeepAlive(_registers);
    }
}
