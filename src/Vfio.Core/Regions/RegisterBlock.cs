namespace Vfio.Core;

/// <summary>Registers that follow each other, one access at a time, for regions that have no faster way.</summary>
internal static class RegisterBlock
{
    public static void Read(IRegisterAccess registers, long offset, Span<uint> destination)
    {
        Check(registers, offset, destination.Length, sizeof(uint));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = registers.Read32(offset + ((long)i * sizeof(uint)));
        }
    }

    public static void Read(IRegisterAccess registers, long offset, Span<ulong> destination)
    {
        Check(registers, offset, destination.Length, sizeof(ulong));
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = registers.Read64(offset + ((long)i * sizeof(ulong)));
        }
    }

    public static void Write(IRegisterAccess registers, long offset, ReadOnlySpan<uint> source)
    {
        Check(registers, offset, source.Length, sizeof(uint));
        for (int i = 0; i < source.Length; i++)
        {
            registers.Write32(offset + ((long)i * sizeof(uint)), source[i]);
        }
    }

    public static void Write(IRegisterAccess registers, long offset, ReadOnlySpan<ulong> source)
    {
        Check(registers, offset, source.Length, sizeof(ulong));
        for (int i = 0; i < source.Length; i++)
        {
            registers.Write64(offset + ((long)i * sizeof(ulong)), source[i]);
        }
    }

    // All of them before the first: half a block written is worse than none.
    private static void Check(IRegisterAccess registers, long offset, int count, int width)
    {
        long bytes = (long)count * width;
        if (offset < 0 || offset > registers.Length - bytes)
        {
            AccessErrors.Throw(offset, bytes, registers.Length);
        }

        if ((offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, registers.Length);
        }
    }
}
