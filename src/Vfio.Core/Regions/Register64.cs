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
    private readonly object _owner; // a MappedRegion or a CalledRegister
    private readonly byte* _address;
    private readonly ulong* _epoch;

    internal Register64(MappedRegion region, byte* address, ulong* epoch)
    {
        _owner = region;
        _address = address;
        _epoch = epoch;
    }

    internal Register64(CalledRegister register)
    {
        _owner = register;
        _address = CalledRegister.Address;
        _epoch = CalledRegister.Epoch;
    }

    /// <summary>Reads it, by one access of 64 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public ulong Read()
    {
        ulong epoch = FaultRange.Begin(_epoch);
        ulong value = Mmio.Read64(_address);
        if (Volatile.Read(ref *_epoch) != epoch || value == ulong.MaxValue)
        {
            value = CalledRegister.EndRead(_owner, epoch, value);
        }

        GC.KeepAlive(_owner);
        return value;
    }

    /// <summary>Writes it, by one access of 64 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.Write64(_address, value);
        if (Volatile.Read(ref *_epoch) != epoch)
        {
            CalledRegister.EndWrite(_owner, epoch, value);
        }

        GC.KeepAlive(_owner);
    }
}
