using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>
/// Single accesses to device memory: each is one load or store of exactly its width, neither dropped, repeated,
/// narrowed, widened nor joined with another.
/// </summary>
/// <remarks>
/// The .NET memory model promises none of this for device memory. A volatile read that is inlined is narrowed by the
/// compiler when only part of its value is used, and that becomes another bus transfer. A read that is not inlined
/// cannot see its use, so its width stays; the call costs about 2 ns, where a register read costs hundreds. Stores are
/// never narrowed. A test reads the machine code of these methods and fails when any of this stops being so.
/// </remarks>
internal static unsafe class Mmio
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte Read8(byte* address) => Volatile.Read(ref *address);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ushort Read16(byte* address) => Volatile.Read(ref *(ushort*)address);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32(byte* address) => Volatile.Read(ref *(uint*)address);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read64(byte* address) => Volatile.Read(ref *(ulong*)address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write8(byte* address, byte value) => Volatile.Write(ref *address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write16(byte* address, ushort value) => Volatile.Write(ref *(ushort*)address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write32(byte* address, uint value) => Volatile.Write(ref *(uint*)address, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write64(byte* address, ulong value) => Volatile.Write(ref *(ulong*)address, value);

    /// <summary>Reads registers that follow each other, each by itself, in ascending order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ReadBlock32(byte* address, Span<uint> destination)
    {
        fixed (uint* first = destination)
        {
            uint* end = first + destination.Length;
            uint* from = (uint*)address;
            for (uint* to = first; to < end; to++, from++)
            {
                *to = Volatile.Read(ref *from);
            }
        }
    }

    /// <inheritdoc cref="ReadBlock32"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ReadBlock64(byte* address, Span<ulong> destination)
    {
        fixed (ulong* first = destination)
        {
            ulong* end = first + destination.Length;
            ulong* from = (ulong*)address;
            for (ulong* to = first; to < end; to++, from++)
            {
                *to = Volatile.Read(ref *from);
            }
        }
    }

    /// <summary>Writes registers that follow each other, each by itself, in ascending order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void WriteBlock32(byte* address, ReadOnlySpan<uint> source)
    {
        fixed (uint* first = source)
        {
            uint* end = first + source.Length;
            uint* to = (uint*)address;
            for (uint* from = first; from < end; from++, to++)
            {
                Volatile.Write(ref *to, *from);
            }
        }
    }

    /// <inheritdoc cref="WriteBlock32"/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void WriteBlock64(byte* address, ReadOnlySpan<ulong> source)
    {
        fixed (ulong* first = source)
        {
            ulong* end = first + source.Length;
            ulong* to = (ulong*)address;
            for (ulong* from = first; from < end; from++, to++)
            {
                Volatile.Write(ref *to, *from);
            }
        }
    }
}
