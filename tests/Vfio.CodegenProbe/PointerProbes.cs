using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.CodegenProbe;

/// <summary>Accesses through <see cref="Mmio"/>. The name says how many accesses of which width must be left.</summary>
internal static unsafe class PointerProbes
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_1_Mask(byte* p) => Mmio.Read32(p) & 0xff;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte Read32_1_Narrow(byte* p) => unchecked((byte)Mmio.Read32(p));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Read32_1_CompareByte(byte* p) => unchecked((byte)Mmio.Read32(p)) == 3;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read64_1_Narrow(byte* p) => unchecked((uint)Mmio.Read64(p));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read64_1_Mask(byte* p) => Mmio.Read64(p) & 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Read16_1_Bit(byte* p) => (Mmio.Read16(p) & 1) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read8_1_Widen(byte* p) => Mmio.Read8(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read32_1_Discard(byte* p) => _ = Mmio.Read32(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read64_1_Discard(byte* p) => _ = Mmio.Read64(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_2_Twice(byte* p) => Mmio.Read32(p) + Mmio.Read32(p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read32_2_Neighbours(byte* p) => Mmio.Read32(p) | ((ulong)Mmio.Read32(p + 4) << 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read32_Loop_Poll(byte* p)
    {
        while ((Mmio.Read32(p) & 1) == 0)
        {
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_2_SameRegister(byte* p)
    {
        Mmio.Write32(p, 1);
        Mmio.Write32(p, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_2_Neighbours(byte* p)
    {
        Mmio.Write32(p, 1);
        Mmio.Write32(p + 4, 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write8_2_Neighbours(byte* p)
    {
        Mmio.Write8(p, 1);
        Mmio.Write8(p + 1, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_1_OfByte(byte* p, uint value) => Mmio.Write32(p, value & 0xff);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write64_1_OfInt(byte* p, uint value) => Mmio.Write64(p, value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write16_1_OfInt(byte* p, uint value) => Mmio.Write16(p, unchecked((ushort)value));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_2_Overwrite(byte* p, uint value)
    {
        Mmio.Write32(p, value);
        Mmio.Write32(p, value + 1);
    }
}
