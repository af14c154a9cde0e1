using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>Copies between a part of a BAR and the process. What is written was read there before.</summary>
internal sealed class Copies
{
    private readonly MappedRegion _mapped;
    private readonly DeviceRegion _region;
    private readonly long _offset;
    private readonly ulong[] _taken;
    private readonly ulong[] _saved;

    /// <summary>Sets up memory for copies.</summary>
    /// <param name="mapped">The BAR's mapping.</param>
    /// <param name="region">The BAR.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">Its length, a multiple of 8.</param>
    /// <param name="writes">Whether it will be written, and so has to be read now.</param>
    public Copies(MappedRegion mapped, DeviceRegion region, long offset, int length, bool writes)
    {
        _mapped = mapped;
        _region = region;
        _offset = offset;
        _taken = new ulong[length / sizeof(ulong)];
        _saved = writes ? new ulong[_taken.Length] : [];
        if (writes)
        {
            mapped.Read64(offset, _saved);
        }
    }

    public void Read32(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _mapped.Read32(_offset, MemoryMarshal.Cast<ulong, uint>(_taken.AsSpan()));
        }
    }

    public void Read64(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _mapped.Read64(_offset, _taken);
        }
    }

    public void ReadByCall(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _region.Read(_offset, MemoryMarshal.AsBytes(_taken.AsSpan()));
        }
    }

    public void Write32(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _mapped.Write32(_offset, MemoryMarshal.Cast<ulong, uint>(_saved));
        }
    }

    public void Write64(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _mapped.Write64(_offset, _saved);
        }
    }
}
