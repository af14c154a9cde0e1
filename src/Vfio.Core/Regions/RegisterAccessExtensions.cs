namespace Vfio.Core;

/// <summary>
/// 64-bit registers of devices that take 32 bits at a time: two transfers, in the order that the device wants. And one register by itself, of a
/// device behind whatever there is.
/// </summary>
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

    /// <summary>Takes one register of 32 bits out, as fast as the registers allow: see <see cref="MappedRegion.Register32"/>.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="offset">Where it is, in bytes, a multiple of 4.</param>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public static Register32 Register32(this IRegisterAccess registers, long offset)
    {
        if (registers is MappedRegion region)
        {
            return region.Register32(offset);
        }

        Require(registers, offset, sizeof(uint));
        return new Register32(new CalledRegister(registers, offset));
    }

    /// <summary>Takes one register of 64 bits out, as fast as the registers allow: see <see cref="MappedRegion.Register64"/>.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="offset">Where it is, in bytes, a multiple of 8.</param>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public static Register64 Register64(this IRegisterAccess registers, long offset)
    {
        if (registers is MappedRegion region)
        {
            return region.Register64(offset);
        }

        Require(registers, offset, sizeof(ulong));
        return new Register64(new CalledRegister(registers, offset));
    }

    private static void Require(IRegisterAccess registers, long offset, int width)
    {
        ArgumentNullException.ThrowIfNull(registers);
        if (offset < 0 || offset > registers.Length - width || (offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, registers.Length);
        }
    }
}
