using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>
/// A register that is reached by calls, for <see cref="Register32"/> and <see cref="Register64"/>. They take no branch for it, which a mapped register
/// would pay for: they access a word that means nothing, whose epoch says that the access did not meet its device, and come here with that.
/// </summary>
internal sealed unsafe class CalledRegister
{
    private const int CacheLine = 64; // bytes

    // For as long as the process is.
    private static readonly byte* _words = (byte*)NativeMemory.AlignedAlloc(2 * CacheLine, CacheLine);

    private readonly IRegisterAccess _registers;
    private readonly long _offset;

    public CalledRegister(IRegisterAccess registers, long offset)
    {
        _registers = registers;
        _offset = offset;
    }

    /// <summary>The word that means nothing.</summary>
    public static byte* Address => _words;

    /// <summary>An epoch in which every access fails.</summary>
    public static ulong* Epoch { get; } = Failing();

    // Static, so that a loop may keep a register's fields in those of the processor.

    /// <summary>Ends a read: by the call, or by a look at what became of the access.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint EndRead(object owner, ulong epoch, uint value)
    {
        if (owner is CalledRegister register)
        {
            return register._registers.Read32(register._offset);
        }

        Unsafe.As<MappedRegion>(owner).Examine(epoch);
        return value;
    }

    /// <summary>Ends a write.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EndWrite(object owner, ulong epoch, uint value)
    {
        if (owner is CalledRegister register)
        {
            register._registers.Write32(register._offset, value);
            return;
        }

        Unsafe.As<MappedRegion>(owner).Examine(epoch);
    }

    /// <summary>Ends a read: by the call, or by a look at what became of the access.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong EndRead(object owner, ulong epoch, ulong value)
    {
        if (owner is CalledRegister register)
        {
            return register._registers.Read64(register._offset);
        }

        Unsafe.As<MappedRegion>(owner).Examine(epoch);
        return value;
    }

    /// <summary>Ends a write.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EndWrite(object owner, ulong epoch, ulong value)
    {
        if (owner is CalledRegister register)
        {
            register._registers.Write64(register._offset, value);
            return;
        }

        Unsafe.As<MappedRegion>(owner).Examine(epoch);
    }

    private static ulong* Failing()
    {
        ulong* epoch = (ulong*)(_words + CacheLine);
        *epoch = 1;
        return epoch;
    }
}
