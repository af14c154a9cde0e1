using System.Runtime.CompilerServices;

namespace Vfio.CodegenProbe;

/// <summary>
/// What goes wrong without <see cref="Vfio.Core.Mmio"/>. The compiler changes each of these; a test that finds them
/// unchanged is blind, or the compiler has become another one.
/// </summary>
internal static unsafe class ControlProbes
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read32_1_Mask(byte* p) => Volatile.Read(ref *(uint*)p) & 0xff;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Read64_1_Narrow(byte* p) => unchecked((uint)Volatile.Read(ref *(ulong*)p));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read64_1_Discard(byte* p) => _ = Volatile.Read(ref *(ulong*)p);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write8_2_Neighbours(byte* p)
    {
        p[0] = 1;
        p[1] = 2;
    }
}
