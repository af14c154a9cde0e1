using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.CodegenProbe;

/// <summary>Accesses through <see cref="MappedRegion"/>, as a driver writes them.</summary>
internal static class RegionProbes
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_1_Mask(MappedRegion region) => region.Read32(0) & 0xff;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte Read32_1_Narrow(MappedRegion region) => unchecked((byte)region.Read32(0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read64_1_Narrow(MappedRegion region) => unchecked((uint)region.Read64(0));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Read16_1_Bit(MappedRegion region) => (region.Read16(0) & 1) != 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Read8_1_Widen(MappedRegion region) => region.Read8(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read32_1_Discard(MappedRegion region) => _ = region.Read32(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read64_1_Discard(MappedRegion region) => _ = region.Read64(0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_1_ThroughInterface(IRegisterAccess registers) => registers.Read32(0) & 0xff;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read32_Loop_Poll(MappedRegion region)
    {
        while ((region.Read32(0) & 1) == 0)
        {
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_2_SameRegister(MappedRegion region)
    {
        region.Write32(0, 1);
        region.Write32(0, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write64_1_OfInt(MappedRegion region, uint value) => region.Write64(0, value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write16_1_OfInt(MappedRegion region, uint value) => region.Write16(0, unchecked((ushort)value));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write8_2_Neighbours(MappedRegion region)
    {
        region.Write8(0, 1);
        region.Write8(1, 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_1_OneRegister(Register32 register) => register.Read() & 0xff;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read64_1_OneRegister(Register64 register) => _ = register.Read();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write32_2_OneRegister(Register32 register, uint value)
    {
        register.Write(value & 0xff);
        register.Write(value & 0xff);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write64_1_OneRegister(Register64 register, uint value) => register.Write(value);
}
