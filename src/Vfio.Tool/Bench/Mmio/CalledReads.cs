using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>Reads of one register by calls into the kernel.</summary>
internal sealed class CalledReads(DeviceRegion registers, long offset)
{
    // What is read has to go somewhere, or a compiler might leave it out.
    private ulong _sink;

    /// <summary>What was read, mixed.</summary>
    public ulong Sink => _sink;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read8(int count)
    {
        ulong sink = 0;
        for (int i = 0; i < count; i++)
        {
            sink ^= registers.Read8(offset);
        }

        _sink ^= sink;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read16(int count)
    {
        ulong sink = 0;
        for (int i = 0; i < count; i++)
        {
            sink ^= registers.Read16(offset);
        }

        _sink ^= sink;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read32(int count)
    {
        ulong sink = 0;
        for (int i = 0; i < count; i++)
        {
            sink ^= registers.Read32(offset);
        }

        _sink ^= sink;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read64(int count)
    {
        ulong sink = 0;
        for (int i = 0; i < count; i++)
        {
            sink ^= registers.Read64(offset);
        }

        _sink ^= sink;
    }
}
