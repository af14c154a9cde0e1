using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>One register of 32 bits of a <see cref="MappedRegion"/>: a doorbell, say. Beside the access it costs a look at whether it met the device.</summary>
/// <remarks>
/// Thread-safe. It keeps the region's addresses, not its device. Where the device does not answer, or is gone, or it or the region has been
/// disposed, an access throws as those of <see cref="MappedRegion"/> do. A default value must not be used.
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares registers.")]
public readonly unsafe struct Register32
{
    private readonly MappedRegion _region;
    private readonly byte* _address;
    private readonly ulong* _epoch;

    internal Register32(MappedRegion region, byte* address, ulong* epoch)
    {
        _region = region;
        _address = address;
        _epoch = epoch;
    }

    /// <summary>Reads it, by one access of 32 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public uint Read()
    {
        ulong epoch = FaultRange.Begin(_epoch);
        uint value = Mmio.Read32(_address);
        if (Volatile.Read(ref *_epoch) != epoch || value == uint.MaxValue)
        {
            _region.Examine(epoch);
        }

        GC.KeepAlive(_region);
        return value;
    }

    /// <summary>Writes it, by one access of 32 bits.</summary>
    /// <exception cref="VfioException">The device did not answer, or is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value)
    {
        ulong epoch = FaultRange.Begin(_epoch);
        Mmio.Write32(_address, value);
        if (Volatile.Read(ref *_epoch) != epoch)
        {
            _region.Examine(epoch);
        }

        GC.KeepAlive(_region);
    }
}
