using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>One register of 64 bits of a <see cref="MappedRegion"/>: a doorbell, say. A write costs the store and nothing else.</summary>
/// <remarks>
/// Thread-safe. It keeps the region's addresses, not its device: once the region or the device has been disposed, a read gives zero and
/// a write reaches nothing (where the system had no memory left to put in the registers' place, it faults). A default value must not be used.
/// </remarks>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares registers.")]
public readonly unsafe struct Register64
{
    private readonly MappedRegion _region;
    private readonly byte* _address;

    internal Register64(MappedRegion region, byte* address)
    {
        _region = region;
        _address = address;
    }

    /// <summary>Reads it, by one access of 64 bits.</summary>
    public ulong Read()
    {
        ulong value = Mmio.Read64(_address);
        GC.KeepAlive(_region);
        return value;
    }

    /// <summary>Writes it, by one access of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        Mmio.Write64(_address, value);
        GC.KeepAlive(_region);
    }
}
