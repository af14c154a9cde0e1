using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>Writes of one register through the mapping: a store each, of the value that was read there before.</summary>
internal sealed class MappedWrites
{
    private readonly MappedRegion _registers;
    private readonly long _offset;
    private readonly byte _value8;
    private readonly ushort _value16;
    private readonly uint _value32;
    private readonly ulong _value64;

    /// <summary>Reads what is to be written, with each width that the offset is aligned to.</summary>
    public MappedWrites(MappedRegion registers, long offset)
    {
        _registers = registers;
        _offset = offset;
        _value8 = registers.Read8(offset);
        _value16 = (offset & 1) == 0 ? registers.Read16(offset) : ushort.MinValue;
        _value32 = (offset & 3) == 0 ? registers.Read32(offset) : uint.MinValue;
        _value64 = (offset & 7) == 0 ? registers.Read64(offset) : ulong.MinValue;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write8(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _registers.Write8(_offset, _value8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write16(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _registers.Write16(_offset, _value16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write32(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _registers.Write32(_offset, _value32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write64(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _registers.Write64(_offset, _value64);
        }
    }
}
