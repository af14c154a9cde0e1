namespace Vfio.Core;

/// <summary>64-bit registers of devices that take 32 bits at a time: two transfers, in the order that the device wants.</summary>
public static class RegisterAccessExtensions
{
    private const int Half = sizeof(uint);

    /// <summary>Reads 64 bits as two halves, the low one first. The offset is a multiple of 4.</summary>
    public static ulong Read64LowHigh(this IRegisterAccess registers, long offset)
    {
        ArgumentNullException.ThrowIfNull(registers);
        uint low = registers.Read32(offset);
        uint high = registers.Read32(offset + Half);
        return ((ulong)high << 32) | low;
    }

    /// <summary>Reads 64 bits as two halves, the high one first. The offset is a multiple of 4.</summary>
    public static ulong Read64HighLow(this IRegisterAccess registers, long offset)
    {
        ArgumentNullException.ThrowIfNull(registers);
        uint high = registers.Read32(offset + Half);
        uint low = registers.Read32(offset);
        return ((ulong)high << 32) | low;
    }

    /// <summary>Writes 64 bits as two halves, the low one first. The offset is a multiple of 4.</summary>
    public static void Write64LowHigh(this IRegisterAccess registers, long offset, ulong value)
    {
        ArgumentNullException.ThrowIfNull(registers);
        registers.Write32(offset, unchecked((uint)value));
        registers.Write32(offset + Half, (uint)(value >> 32));
    }

    /// <summary>Writes 64 bits as two halves, the high one first. The offset is a multiple of 4.</summary>
    public static void Write64HighLow(this IRegisterAccess registers, long offset, ulong value)
    {
        ArgumentNullException.ThrowIfNull(registers);
        registers.Write32(offset + Half, (uint)(value >> 32));
        registers.Write32(offset, unchecked((uint)value));
    }
}
