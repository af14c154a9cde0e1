using System.Buffers.Binary;
using System.Numerics;

namespace Vfio.Core;

/// <summary>Registers in bytes, which have them with the low byte first.</summary>
internal static class RegisterBytes
{
    public static ushort U16(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    public static uint U32(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    public static ulong U64(this ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    /// <summary>Whether these are the bytes of a capability, and so many are there.</summary>
    public static bool IsCapability(this ReadOnlySpan<byte> bytes, int id, int length) => bytes.Length >= length && bytes[0] == id;

    /// <summary>Whether these are the bytes of an extended capability, and so many are there.</summary>
    public static bool IsExtendedCapability(this ReadOnlySpan<byte> bytes, int id, int length) => bytes.Length >= length && bytes.U16(0) == id;

    /// <summary>The field under a mask.</summary>
    public static int Field(this uint register, uint mask) => (int)((register & mask) >> BitOperations.TrailingZeroCount(mask));

    /// <summary>The field under a mask.</summary>
    public static int Field(this ushort register, uint mask) => Field((uint)register, mask);

    /// <summary>The field under a mask.</summary>
    public static int Field(this byte register, uint mask) => Field((uint)register, mask);
}
