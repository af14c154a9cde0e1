using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Native.Tests;

/// <summary>Sizes and offsets as the runtime has them in memory, which Marshal's functions do not tell.</summary>
internal static unsafe class Layout
{
    private const int Room = 1 << 16;

    public static int SizeOf(Type type) => (int)typeof(Unsafe)
        .GetMethod(nameof(Unsafe.SizeOf))!
        .MakeGenericMethod(type.IsPointer ? typeof(nint) : type)
        .Invoke(null, null)!;

    public static int OffsetOf(FieldInfo field)
    {
        var address = new DynamicMethod("address", typeof(nint), [typeof(nint)]);
        ILGenerator code = address.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Ret);

        void* memory = NativeMemory.Alloc(Room);
        try
        {
            nint start = (nint)memory;
            return (int)((nint)address.Invoke(null, [start])! - start);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
